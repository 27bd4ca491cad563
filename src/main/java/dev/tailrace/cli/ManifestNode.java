package dev.tailrace.cli;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigList;
import dev.tailrace.config.ConfigNode;
import dev.tailrace.config.ConfigObject;
import dev.tailrace.config.ConfigScalar;
import dev.tailrace.config.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An object of a manifest, and the way to it.
 *
 * @param object its keys
 * @param path as {@code spec.template.spec}; empty for the document
 */
record ManifestNode(ConfigObject object, String path) {
  /** The object at those keys, one below the other; empty where it is not there. */
  Optional<ManifestNode> at(String... keys) {
    ManifestNode node = this;
    for (String key : keys) {
      if (!(node.object.get(key) instanceof ConfigObject below)) {
        return Optional.empty();
      }
      node = new ManifestNode(below, node.path(key));
    }
    return Optional.of(node);
  }

  /** The text of a key; empty where it is not there. */
  Optional<String> text(String key) {
    return object.get(key) instanceof ConfigScalar scalar
        ? Optional.of(scalar.text())
        : Optional.empty();
  }

  /** A whole number; empty where it is not there, or is none. */
  OptionalLong number(String key) {
    try {
      return text(key).stream().mapToLong(Long::parseLong).findFirst();
    } catch (NumberFormatException other) {
      return OptionalLong.empty();
    }
  }

  /** The objects of a list; empty where it is not there. */
  List<ManifestNode> objects(String key) {
    List<ManifestNode> objects = new ArrayList<>();
    if (object.get(key) instanceof ConfigList list) {
      for (ConfigNode item : list.items()) {
        if (item instanceof ConfigObject one) {
          objects.add(new ManifestNode(one, path(key) + "[" + objects.size() + "]"));
        }
      }
    }
    return objects;
  }

  /** The texts of a list; empty where it is not there. */
  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    if (object.get(key) instanceof ConfigList list) {
      for (ConfigNode item : list.items()) {
        if (item instanceof ConfigScalar scalar) {
          texts.add(scalar.text());
        }
      }
    }
    return texts;
  }

  /** A mistake at a key, or where that is missing, at the object around it. */
  ConfigError error(String key, String problem, String allowed) {
    ConfigNode there = object.get(key);
    Place place = there == null ? object.place() : there.place();
    return ConfigError.error(place, path(key), problem, allowed);
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
