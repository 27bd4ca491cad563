package dev.tailrace.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One value given outside the files: by the environment or by {@code --set}.
 *
 * @param place the variable or the argument
 * @param path the keys that lead to it; the name for an item of a list
 * @param text the value
 */
record Assignment(Place place, List<String> path, String text) {

  private static final String PREFIX = "TAILRACE_";
  private static final List<String> SHORT = List.of("NAME", "INSTANCE");

  /** The variables that are ours, by name. {@code TAILRACE_URL} belongs to the commands. */
  static List<Assignment> ofEnvironment(Map<String, String> environment, Problems problems) {
    List<Assignment> found = new ArrayList<>();
    new TreeMap<>(environment)
        .forEach(
            (variable, value) -> {
              String rest = variable.startsWith(PREFIX) ? variable.substring(PREFIX.length()) : "";
              if (rest.contains("__") || SHORT.contains(rest)) {
                Place place = Place.ofEnvironment(variable);
                List<String> path = environmentPath(rest.toLowerCase(Locale.ROOT));
                accept(new Assignment(place, path, value), "TAILRACE_A__B", found, problems);
              }
            });
    return found;
  }

  private static List<String> environmentPath(String rest) {
    int first = rest.indexOf("__");
    if (first >= 0 && rest.substring(0, first).equals("kafka")) {
      return List.of("kafka", rest.substring(first + 2).replace('_', '.'));
    }
    return List.of(rest.replace("__", ".").replace('_', '-').split("\\.", -1));
  }

  /** The arguments of {@code --set}, in order. */
  static List<Assignment> ofArguments(List<String> arguments, Problems problems) {
    List<Assignment> found = new ArrayList<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 0) {
        problems.error(Place.ofSet(argument), "", "has no value", "allowed: --set a.b=value");
        continue;
      }
      String path = argument.substring(0, equals).strip();
      Place place = Place.ofSet(path);
      List<String> keys =
          path.startsWith("kafka.")
              ? List.of("kafka", path.substring("kafka.".length()))
              : List.of(path.split("\\.", -1));
      accept(
          new Assignment(place, keys, argument.substring(equals + 1)),
          "--set a.b=value",
          found,
          problems);
    }
    return found;
  }

  private static void accept(
      Assignment assignment, String form, List<Assignment> found, Problems problems) {
    if (assignment.path().stream().anyMatch(String::isEmpty)) {
      problems.error(assignment.place(), "", "has an empty key", "allowed: " + form);
    } else {
      found.add(assignment);
    }
  }
}
