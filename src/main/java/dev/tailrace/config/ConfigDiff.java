package dev.tailrace.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The difference of two configurations, value by value. */
public final class ConfigDiff {

  /**
   * One value that differs. Secrets are masked: a changed one is listed with two masks.
   *
   * @param path the key, such as {@code pipelines.orders.timeout}
   * @param before its value as YAML, or empty where it is new
   * @param after its value as YAML, or empty where it is gone
   */
  public record Change(String path, Optional<String> before, Optional<String> after) {

    /** {@code path: before -> after}, with {@code (unset)} for what is not there. */
    @Override
    public String toString() {
      return path + ": " + before.orElse("(unset)") + " -> " + after.orElse("(unset)");
    }
  }

  /** A value at the end of a path: what it is, and what may be printed of it. */
  private record Leaf(String identity, String shown) {}

  private ConfigDiff() {}

  /** What changes from one to the other: in the order of the new one, then what is gone. */
  public static List<Change> between(EffectiveConfig before, EffectiveConfig after) {
    Map<String, Leaf> old = leaves(before);
    Map<String, Leaf> now = leaves(after);
    Set<String> paths = new LinkedHashSet<>(now.keySet());
    paths.addAll(old.keySet());
    List<Change> changes = new ArrayList<>();
    for (String path : paths) {
      Optional<Leaf> was = Optional.ofNullable(old.get(path));
      Optional<Leaf> is = Optional.ofNullable(now.get(path));
      if (!was.map(Leaf::identity).equals(is.map(Leaf::identity))) {
        changes.add(new Change(path, was.map(Leaf::shown), is.map(Leaf::shown)));
      }
    }
    return List.copyOf(changes);
  }

  private static Map<String, Leaf> leaves(EffectiveConfig config) {
    Map<String, Leaf> leaves = new LinkedHashMap<>();
    collect("", config.tree(), leaves);
    return leaves;
  }

  private static void collect(String path, ConfigNode node, Map<String, Leaf> leaves) {
    if (node instanceof ConfigObject object && !object.entries().isEmpty()) {
      object
          .entries()
          .forEach((key, entry) -> collect(Target.join(path, key), entry.value(), leaves));
    } else if (node instanceof ConfigList list && !list.items().isEmpty() && isNamed(list)) {
      for (int i = 0; i < list.items().size(); i++) {
        ConfigNode item = list.items().get(i);
        collect(Target.itemPath(path, item, i), item, leaves);
      }
    } else {
      leaves.put(path, leaf(node));
    }
  }

  private static boolean isNamed(ConfigList list) {
    return list.items().stream().allMatch(item -> TreeMerge.name(item).isPresent());
  }

  private static Leaf leaf(ConfigNode node) {
    if (node instanceof ConfigScalar scalar) {
      String identity = scalar.isNull() ? "null" : scalar.kind() + " " + scalar.text();
      return new Leaf(identity, YamlPrinter.scalar(scalar));
    }
    if (node instanceof ConfigList list) {
      List<Leaf> items = list.items().stream().map(ConfigDiff::leaf).toList();
      return new Leaf(
          items.stream().map(Leaf::identity).toList().toString(),
          items.stream().map(Leaf::shown).toList().toString());
    }
    ConfigObject object = (ConfigObject) node;
    var identity = new StringBuilder("{");
    var shown = new StringBuilder("{");
    object
        .entries()
        .forEach(
            (key, entry) -> {
              Leaf value = leaf(entry.value());
              identity.append(key).append(": ").append(value.identity()).append(", ");
              shown.append(key).append(": ").append(value.shown()).append(", ");
            });
    return new Leaf(identity.append('}').toString(), shown.append('}').toString());
  }
}
