package dev.tailrace.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a merged tree into the shape of the schema: keys in its order, defaults filled in, scalars
 * from places without types read as the schema wants them, shorthands written out, secrets masked.
 * What does not fit is left as it is, for the validation to name.
 */
final class Shaping {

  private final ConfigSchema schema;
  private final YamlReader reader;

  Shaping(ConfigSchema schema, YamlReader reader) {
    this.schema = schema;
    this.reader = reader;
  }

  ConfigObject shape(ConfigObject root) {
    return object(root, schema.root());
  }

  private ConfigObject object(ConfigObject object, ObjectSchema type) {
    Map<String, ConfigObject.Entry> shaped = new LinkedHashMap<>();
    for (Property property : type.properties().values()) {
      ConfigObject.Entry entry = object.entries().get(property.name());
      ConfigNode value =
          entry == null
              ? (isAlternative(property, type) ? null : byDefault(property, object.place()))
              : value(entry.value(), property.type(), secret(property, entry.value()));
      if (value != null && !isUnset(property, entry)) {
        Place keyPlace = entry == null ? object.place() : entry.keyPlace();
        shaped.put(property.name(), new ConfigObject.Entry(keyPlace, value));
      }
    }
    object
        .entries()
        .forEach(
            (key, entry) -> {
              if (!type.properties().containsKey(key)) {
                ConfigNode value = free(entry.value(), Secrets.isSecretKey(key));
                shaped.put(key, new ConfigObject.Entry(entry.keyPlace(), value));
              }
            });
    return new ConfigObject(object.place(), shaped, object.implied());
  }

  /** {@code dead-letter:} with nothing behind it chooses nothing, and need not. */
  private static boolean isUnset(Property property, ConfigObject.@Nullable Entry entry) {
    return entry != null
        && entry.value() instanceof ConfigScalar scalar
        && scalar.isNull()
        && property.type() instanceof StructureType.OneOf
        && !property.required();
  }

  /** An object of which another key may be set in its place is there only where it is written. */
  private static boolean isAlternative(Property property, ObjectSchema type) {
    return property.type() instanceof StructureType.Inner
        && type.exactlyOne().stream().anyMatch(keys -> keys.contains(property.name()));
  }

  /** A default is known to all: {@code token: auto} is no secret. */
  private static boolean secret(Property property, ConfigNode node) {
    boolean known =
        node instanceof ConfigScalar scalar && scalar.text().equals(property.defaultValue());
    return !known && (property.secret() || Secrets.isSecretKey(property.name()));
  }

  private @Nullable ConfigNode byDefault(Property property, Place place) {
    if (property.marks().notYet()) {
      return null;
    }
    Object value = property.defaultValue();
    if (value instanceof List<?> list) {
      List<ConfigNode> items = new ArrayList<>();
      list.forEach(item -> items.add(implied(place, ConfigScalar.Kind.TEXT, item)));
      return new ConfigList(place, items, true);
    }
    if (value instanceof Long) {
      return implied(place, ConfigScalar.Kind.INTEGER, value);
    }
    if (value instanceof Boolean) {
      return implied(place, ConfigScalar.Kind.BOOLEAN, value);
    }
    if (value != null) {
      return implied(place, ConfigScalar.Kind.TEXT, value);
    }
    if (property.type() instanceof StructureType.Inner inner && !property.required()) {
      return object(ConfigObject.empty(place, true), inner.schema());
    }
    if (property.type() instanceof StructureType.Free) {
      return ConfigObject.empty(place, true);
    }
    return property.type() instanceof ScalarType type && type.nullable()
        ? implied(place, ConfigScalar.Kind.NULL, "null")
        : null;
  }

  private static ConfigScalar implied(Place place, ConfigScalar.Kind kind, Object value) {
    return ConfigScalar.implied(place, kind, value.toString());
  }

  private ConfigNode value(ConfigNode node, ValueType type, boolean secret) {
    if (node instanceof ConfigScalar scalar && type instanceof ScalarType wanted) {
      return Secrets.masked(typed(scalar, wanted), secret);
    }
    if (type instanceof ListType) {
      return list(node, secret);
    }
    return type instanceof StructureType structure
        ? structure(node, structure, secret)
        : free(node, secret);
  }

  /** A loose scalar has no type of its own: text stays text, although it looks like a number. */
  private static ConfigScalar typed(ConfigScalar scalar, ScalarType wanted) {
    if (scalar.kind() == ConfigScalar.Kind.TEXT || scalar.isNull() || !scalar.loose()) {
      return scalar;
    }
    boolean keeps =
        (wanted instanceof ScalarType.Whole && scalar.kind() == ConfigScalar.Kind.INTEGER)
            || (wanted instanceof ScalarType.Flag && scalar.kind() == ConfigScalar.Kind.BOOLEAN);
    return keeps ? scalar : scalar.withKind(ConfigScalar.Kind.TEXT);
  }

  private ConfigNode list(ConfigNode node, boolean secret) {
    ConfigNode written = parsed(node);
    if (written instanceof ConfigScalar scalar && scalar.loose() && !scalar.isNull()) {
      // TAILRACE_PLUGINS__…=a,b: an environment has no lists, commas are its custom.
      List<ConfigNode> items = new ArrayList<>();
      for (String part : scalar.text().split(",", -1)) {
        String text = part.strip();
        items.add(
            new ConfigScalar(scalar.place(), ConfigScalar.Kind.TEXT, text, text, true, false));
      }
      return free(new ConfigList(scalar.place(), items, false), secret);
    }
    if (written instanceof ConfigList list) {
      List<ConfigNode> items = new ArrayList<>();
      var text = new ScalarType.Text(null, "text", false);
      list.items().forEach(item -> items.add(value(item, text, secret)));
      return new ConfigList(list.place(), items, list.implied());
    }
    return free(written, secret);
  }

  private ConfigNode structure(ConfigNode node, StructureType type, boolean secret) {
    ConfigNode written = parsed(node);
    if (type instanceof StructureType.NamedList named && written instanceof ConfigList list) {
      List<ConfigNode> items = new ArrayList<>();
      for (ConfigNode item : list.items()) {
        items.add(inner(item, named.item(), secret));
      }
      return new ConfigList(list.place(), items, list.implied());
    }
    if (type instanceof StructureType.OneOf oneOf) {
      return oneOf(orEmpty(written), oneOf.point(), secret);
    }
    if (type instanceof StructureType.Inner inner) {
      return inner(written, inner.schema(), secret);
    }
    return free(type instanceof StructureType.Free ? orEmpty(written) : written, secret);
  }

  private ConfigNode inner(ConfigNode node, ObjectSchema type, boolean secret) {
    String shorthand = type.shorthand();
    if (node instanceof ConfigScalar scalar && !scalar.isNull() && shorthand != null) {
      var entry = new ConfigObject.Entry(scalar.place(), scalar);
      return object(new ConfigObject(scalar.place(), Map.of(shorthand, entry), false), type);
    }
    return orEmpty(node) instanceof ConfigObject object ? object(object, type) : free(node, secret);
  }

  private ConfigNode oneOf(ConfigNode node, ExtensionPoint point, boolean secret) {
    if (!(node instanceof ConfigObject object)) {
      return free(node, secret);
    }
    ConfigObject shaped = object;
    for (Fragment fragment : schema.fragments(point)) {
      ConfigObject.Entry entry = object.entries().get(fragment.type());
      if (entry != null) {
        ConfigNode value = inner(parsed(entry.value()), fragment.schema(), secret);
        shaped = shaped.with(fragment.type(), entry.keyPlace(), value);
      }
    }
    return shaped;
  }

  /** {@code drain:} with nothing behind it is an object without keys. */
  private static ConfigNode orEmpty(ConfigNode node) {
    return node instanceof ConfigScalar scalar && scalar.isNull()
        ? ConfigObject.empty(scalar.place(), false)
        : node;
  }

  /** A list or object that was given as the text of a variable or argument. */
  private ConfigNode parsed(ConfigNode node) {
    if (node instanceof ConfigScalar scalar && scalar.loose()) {
      String text = scalar.text().strip();
      if (text.startsWith("[") || text.startsWith("{")) {
        ConfigNode parsed = reader.argument(text, scalar.place());
        return parsed == null ? node : parsed;
      }
    }
    return node;
  }

  /** Below what the schema knows only the secrets are masked. */
  private ConfigNode free(ConfigNode node, boolean secret) {
    if (node instanceof ConfigScalar scalar) {
      return Secrets.masked(scalar, secret);
    }
    if (node instanceof ConfigList list) {
      List<ConfigNode> items = new ArrayList<>();
      list.items().forEach(item -> items.add(free(item, secret)));
      return new ConfigList(list.place(), items, list.implied());
    }
    ConfigObject object = (ConfigObject) node;
    Map<String, ConfigObject.Entry> entries = new LinkedHashMap<>();
    object
        .entries()
        .forEach(
            (key, entry) -> {
              boolean hidden = secret || Secrets.isSecretKey(key.toLowerCase(Locale.ROOT));
              ConfigNode value = free(entry.value(), hidden);
              entries.put(key, new ConfigObject.Entry(entry.keyPlace(), value));
            });
    return new ConfigObject(object.place(), entries, object.implied());
  }
}
