package dev.tailrace.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value of the tree together with what the schema says of it.
 *
 * @param path the way to it as the user writes it: {@code pipelines.orders.timeout}
 * @param key the last part of the path
 * @param node the value
 * @param type its type, or null below what the schema knows
 * @param property its key's declaration, or null where it is an item or unknown
 */
record Target(
    String path,
    String key,
    ConfigNode node,
    @Nullable ValueType type,
    @Nullable Property property) {

  /** Follows keys and indexes from the root. */
  static Target of(ConfigSchema schema, ConfigObject root, List<Object> elements) {
    var target = new Target("", "", root, new StructureType.Inner(schema.root()), null);
    for (Object element : elements) {
      Target next = target.child(schema, element);
      if (next == null) {
        return target;
      }
      target = next;
    }
    return target;
  }

  /** A key of the object that is not set; its node is the object. */
  static Target missing(ConfigSchema schema, Target parent, String key) {
    Property property = property(parent.type, key);
    ValueType type = property == null ? childType(schema, parent.type, key) : property.type();
    return new Target(join(parent.path, key), key, parent.node, type, property);
  }

  /** The path of an item of a list: by its name where it has one, else by its index. */
  static String itemPath(String list, ConfigNode item, int index) {
    return item instanceof ConfigObject object
            && object.get("name") instanceof ConfigScalar name
            && !name.isNull()
        ? join(list, name.shown())
        : list + "[" + index + "]";
  }

  static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private @Nullable Target child(ConfigSchema schema, Object element) {
    if (node instanceof ConfigList list && element instanceof Integer index) {
      ConfigNode item = list.items().get(index);
      return new Target(itemPath(path, item, index), key, item, itemType(), null);
    }
    String name = element.toString();
    ConfigNode value = node instanceof ConfigObject object ? object.get(name) : null;
    return value == null ? null : missing(schema, this, name).at(value);
  }

  private Target at(ConfigNode value) {
    return new Target(path, key, value, type, property);
  }

  private @Nullable ValueType itemType() {
    if (type instanceof StructureType.NamedList named) {
      return new StructureType.Inner(named.item());
    }
    return type instanceof ListType list ? list.item() : null;
  }

  private static @Nullable Property property(@Nullable ValueType type, String key) {
    return type instanceof StructureType.Inner inner ? inner.schema().properties().get(key) : null;
  }

  private static @Nullable ValueType childType(
      ConfigSchema schema, @Nullable ValueType type, String key) {
    if (type instanceof StructureType.OneOf oneOf) {
      return schema.fragments(oneOf.point()).stream()
          .filter(fragment -> fragment.type().equals(key))
          .findFirst()
          .map(fragment -> new StructureType.Inner(fragment.schema()))
          .orElse(null);
    }
    return null;
  }
}
