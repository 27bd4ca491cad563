package dev.tailrace.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the witnesses of all processes wrote down, in the order of the machine's one clock. */
final class Effects {
  private final List<Effect> all;

  /** One effect: the message, its key, and when it was done. */
  record Effect(String source, long major, long minor, String key, long nanos) {
    static Effect parse(String line) {
      String[] fields = line.split(" ", 3);
      int at = fields[0].lastIndexOf('@');
      String[] position = fields[0].substring(at + 1).split("-", 2);
      return new Effect(
          fields[0].substring(0, at),
          Long.parseLong(position[0]),
          position.length == 1 ? -1 : Long.parseLong(position[1]),
          fields[1],
          Long.parseLong(fields[2]));
    }

    String message() {
      return source + "@" + major + "-" + minor;
    }
  }

  private Effects(List<Effect> all) {
    this.all = all;
  }

  static Effects read(Path folder) throws IOException {
    List<Effect> all = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, "*.effects")) {
      for (Path file : files) {
        for (String line : Files.readAllLines(file)) {
          all.add(Effect.parse(line));
        }
      }
    }
    all.sort(Comparator.comparingLong(Effect::nanos));
    return new Effects(all);
  }

  /** How many lines there are now; cheap enough to be asked often. */
  static long count(Path folder) throws IOException {
    long lines = 0;
    try (var files = Files.newDirectoryStream(folder, "*.effects")) {
      for (Path file : files) {
        try (var each = Files.lines(file)) {
          lines += each.count();
        }
      }
    }
    return lines;
  }

  long distinct(String sourcePrefix) {
    return all.stream()
        .filter(effect -> effect.source().startsWith(sourcePrefix))
        .map(Effect::message)
        .distinct()
        .count();
  }

  List<String> repeated() {
    Map<String, Integer> seen = new HashMap<>();
    all.forEach(effect -> seen.merge(effect.message(), 1, Integer::sum));
    return seen.entrySet().stream()
        .filter(each -> each.getValue() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Effects of one key and partition that came after a later one. */
  List<String> outOfOrder(String sourcePrefix) {
    Map<String, Long> last = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (Effect effect : all) {
      if (!effect.source().startsWith(sourcePrefix) || effect.key().equals("-")) {
        continue;
      }
      Long before = last.put(effect.source() + " " + effect.key(), effect.major());
      if (before != null && before > effect.major()) {
        found.add(effect.message() + " after " + before + " of key " + effect.key());
      }
    }
    return found;
  }

  /** Messages of one key whose first effect came after the first effect of a later one. */
  List<String> firstOutOfOrder() {
    Comparator<Effect> position =
        Comparator.comparingLong(Effect::major).thenComparingLong(Effect::minor);
    Set<String> seen = new HashSet<>();
    Map<String, Effect> last = new HashMap<>();
    List<String> found = new ArrayList<>();
    for (Effect effect : all) {
      if (seen.add(effect.message())) {
        Effect before = last.put(effect.source() + " " + effect.key(), effect);
        if (before != null && position.compare(before, effect) > 0) {
          found.add(effect.message() + " after " + before.message() + " of " + effect.key());
        }
      }
    }
    return found;
  }
}
