package dev.tailrace.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration is refused; carries every mistake that was found, sorted by place. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<ConfigError> errors;

  /** Sorts the errors by place. There must be at least one. */
  public ConfigException(List<ConfigError> errors) {
    super(errors.stream().sorted().map(ConfigError::toString).collect(Collectors.joining("\n")));
    if (errors.isEmpty()) {
      throw new IllegalArgumentException("a refusal needs its reason");
    }
    var sorted = new ArrayList<>(errors);
    Collections.sort(sorted);
    this.errors = List.copyOf(sorted);
  }

  /** Every mistake, sorted by place; never empty. */
  public List<ConfigError> errors() {
    return errors;
  }
}
