package dev.tailrace.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong, so that all of it is reported at once. One thread only. */
final class Problems {

  /** More mistakes than this are not listed: the first ones are what the user mends. */
  static final int LIMIT = 200;

  private final Set<ConfigError> errors = new LinkedHashSet<>(); // the loading thread only

  void error(Place place, String path, String problem, String allowed) {
    add(ConfigError.error(place, path, problem, allowed));
  }

  void add(ConfigError error) {
    if (errors.size() < LIMIT) {
      errors.add(error);
    }
  }

  boolean isEmpty() {
    return errors.isEmpty();
  }

  void throwIfAny() throws ConfigException {
    if (!errors.isEmpty()) {
      throw new ConfigException(list());
    }
  }

  List<ConfigError> list() {
    return new ArrayList<>(errors);
  }
}
