package dev.tailrace.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lays one tree over another: objects key by key, lists of named objects name by name, everything
 * else replaced. A null leaves an object or a list as it is.
 */
final class TreeMerge {

  private TreeMerge() {}

  static ConfigObject merge(ConfigObject below, ConfigObject above) {
    ConfigObject merged = below;
    for (var change : above.entries().entrySet()) {
      ConfigNode old = merged.get(change.getKey());
      ConfigNode value = change.getValue().value();
      merged =
          merged.with(
              change.getKey(),
              change.getValue().keyPlace(),
              old == null ? value : merge(old, value));
    }
    return merged;
  }

  private static ConfigNode merge(ConfigNode below, ConfigNode above) {
    if (below instanceof ConfigObject one && above instanceof ConfigObject other) {
      return merge(one, other);
    }
    if (below instanceof ConfigList one
        && above instanceof ConfigList other
        && allNamed(one)
        && allNamed(other)) {
      return merge(one, other);
    }
    boolean unset = above instanceof ConfigScalar scalar && scalar.isNull();
    return unset && !(below instanceof ConfigScalar) ? below : above;
  }

  private static ConfigList merge(ConfigList below, ConfigList above) {
    List<ConfigNode> items = new ArrayList<>(below.items());
    int inherited = items.size();
    for (ConfigNode item : above.items()) {
      int at = indexOf(items.subList(0, inherited), name(item).orElseThrow());
      if (at < 0) {
        items.add(item);
      } else {
        items.set(at, merge(items.get(at), item));
      }
    }
    return new ConfigList(below.place(), items, false);
  }

  private static boolean allNamed(ConfigList list) {
    return !list.items().isEmpty()
        && list.items().stream().allMatch(item -> name(item).isPresent());
  }

  /** The position of the object of that name, or -1. */
  static int indexOf(List<ConfigNode> items, String name) {
    for (int i = 0; i < items.size(); i++) {
      if (name(items.get(i)).filter(name::equals).isPresent()) {
        return i;
      }
    }
    return -1;
  }

  /** The name of an object that has one. */
  static Optional<String> name(@Nullable ConfigNode item) {
    return item instanceof ConfigObject object
            && object.get("name") instanceof ConfigScalar scalar
            && !scalar.isNull()
        ? Optional.of(scalar.text())
        : Optional.empty();
  }
}
