package dev.tailrace.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Where a configuration is read from, lowest precedence first.
 *
 * @param files YAML files, merged in this order
 * @param environment the process environment; only {@code TAILRACE_A__B}, {@code TAILRACE_NAME} and
 *     {@code TAILRACE_INSTANCE} set keys, all of it serves {@code ${env:X}}
 * @param assignments the arguments of {@code --set}, each {@code a.b=value}
 */
public record ConfigInputs(
    List<Path> files, Map<String, String> environment, List<String> assignments) {

  /** Copies what is given. */
  public ConfigInputs {
    files = List.copyOf(files);
    environment = Map.copyOf(environment);
    assignments = List.copyOf(assignments);
  }
}
