package dev.tailrace.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An object of a valid configuration, read by key with defaults applied. Immutable. Asking for a
 * key that the schema does not declare, or as another type, is a mistake of the program: {@link
 * IllegalArgumentException}.
 */
public final class ConfigSection {

  private final ConfigSchema schema;
  private final String path;
  private final StructureType.Inner type;
  private final ConfigObject node;

  ConfigSection(ConfigSchema schema, String path, StructureType.Inner type, ConfigObject node) {
    this.schema = schema;
    this.path = path;
    this.type = type;
    this.node = node;
  }

  /**
   * What was chosen at an extension point.
   *
   * @param type the registered word, such as {@code kafka}
   * @param section its keys
   */
  public record Chosen(String type, ConfigSection section) {}

  /** The way to this object: {@code pipelines.orders.retry}; empty for the root. */
  public String path() {
    return path;
  }

  /** Text, or a choice. */
  public String text(String key) {
    return optionalText(key).orElseThrow(() -> unset(key));
  }

  /** Text that may be unset. */
  public Optional<String> optionalText(String key) {
    return scalar(key).map(ConfigScalar::text);
  }

  /** The chosen word. */
  public String choice(String key) {
    return text(key);
  }

  /** The chosen word as a constant: {@code dead-letter} is {@code DEAD_LETTER}. */
  public <E extends Enum<E>> E choice(String key, Class<E> constants) {
    return Enum.valueOf(constants, text(key).toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** A whole number; its bounds are in the schema. */
  public int integer(String key) {
    return optionalInteger(key).orElseThrow(() -> unset(key));
  }

  /** A whole number that may be unset. */
  public OptionalInt optionalInteger(String key) {
    Optional<ConfigScalar> scalar = scalar(key);
    return scalar.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(Math.toIntExact(Long.parseLong(scalar.get().text())));
  }

  /** {@code true} or {@code false}. */
  public boolean bool(String key) {
    return text(key).toLowerCase(Locale.ROOT).equals("true");
  }

  /** A duration, exact to the millisecond. */
  public Duration duration(String key) {
    return Durations.parse(text(key));
  }

  /** A duration, or empty where the word {@code auto} stands for it or it is unset. */
  public Optional<Duration> durationOrAuto(String key) {
    return optionalText(key).filter(text -> !text.equals("auto")).map(Durations::parse);
  }

  /** A size in bytes. */
  public long size(String key) {
    return Sizes.parse(text(key));
  }

  /** A size in bytes that may be unset. */
  public OptionalLong optionalSize(String key) {
    Optional<String> text = optionalText(key);
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Sizes.parse(text.get()));
  }

  /** A share in whole percent, 0 to 100. */
  public int percent(String key) {
    return (int) Quantity.PERCENT.parse(text(key)).orElseThrow();
  }

  /** A list of texts; empty where it is unset. */
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    if (value(key) instanceof ConfigList list) {
      list.items().forEach(item -> texts.add(((ConfigScalar) item).text()));
    }
    return List.copyOf(texts);
  }

  /** A list of durations; empty where it is unset. */
  public List<Duration> durations(String key) {
    return texts(key).stream().map(Durations::parse).toList();
  }

  /** An object below this one. */
  public ConfigSection section(String key) {
    if (declared(key).type() instanceof StructureType.Inner inner
        && value(key) instanceof ConfigObject object) {
      return new ConfigSection(schema, Target.join(path, key), inner, object);
    }
    throw new IllegalArgumentException(Target.join(path, key) + " is no object");
  }

  /** The objects of a list of named objects. */
  public List<ConfigSection> sections(String key) {
    List<ConfigSection> sections = new ArrayList<>();
    if (declared(key).type() instanceof StructureType.NamedList named
        && value(key) instanceof ConfigList list) {
      for (int i = 0; i < list.items().size(); i++) {
        ConfigNode item = list.items().get(i);
        String where = Target.itemPath(Target.join(path, key), item, i);
        var inner = new StructureType.Inner(named.item());
        sections.add(new ConfigSection(schema, where, inner, (ConfigObject) item));
      }
    }
    return List.copyOf(sections);
  }

  /** What was chosen at an extension point that must be set. */
  public Chosen oneOf(String key) {
    return optionalOneOf(key).orElseThrow(() -> unset(key));
  }

  /** What was chosen at an extension point, where anything was. */
  public Optional<Chosen> optionalOneOf(String key) {
    if (declared(key).type() instanceof StructureType.OneOf oneOf
        && value(key) instanceof ConfigObject object) {
      for (Fragment fragment : schema.fragments(oneOf.point())) {
        if (object.get(fragment.type()) instanceof ConfigObject chosen) {
          String where = Target.join(Target.join(path, key), fragment.type());
          var inner = new StructureType.Inner(fragment.schema());
          var section = new ConfigSection(schema, where, inner, chosen);
          return Optional.of(new Chosen(fragment.type(), section));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The keys of this object as plain values: String, Long, Double, Boolean, List, Map, or null. In
   * the order of the schema, then as written. It holds secrets: never print it.
   */
  public Map<String, @Nullable Object> raw() {
    return RawValues.of(node);
  }

  /** The value of a free key ({@link ObjectSchemaBuilder#map}) as plain values. */
  public Map<String, @Nullable Object> raw(String key) {
    return value(key) instanceof ConfigObject object ? RawValues.of(object) : new LinkedHashMap<>();
  }

  /**
   * The set keys of this object as text: the native keys of a client. It holds secrets: never print
   * it.
   */
  public Map<String, String> rawTexts() {
    Map<String, String> texts = new LinkedHashMap<>();
    node.entries()
        .forEach(
            (key, entry) -> {
              if (entry.value() instanceof ConfigScalar scalar && !scalar.isNull()) {
                texts.put(key, scalar.text());
              }
            });
    return texts;
  }

  /** Where the key was set; where it was not, where this object was. */
  public Place place(String key) {
    ConfigNode value = node.get(key);
    return value == null || value.implied() ? node.place() : value.place();
  }

  /** True where somebody wrote the key, false where its default applies or it is unset. */
  public boolean isSet(String key) {
    ConfigNode value = node.get(key);
    return value != null && !value.implied();
  }

  /**
   * A mistake that only the reader of the key can know, to be thrown with others in a {@link
   * ConfigException}.
   *
   * @param problem what is wrong, such as {@code 'a(' is not a regular expression}
   * @param allowed what is right, such as {@code allowed: a Java regular expression}
   */
  public ConfigError error(String key, String problem, String allowed) {
    return ConfigError.error(place(key), Target.join(path, key), problem, allowed);
  }

  /** Like {@link #error}, of something accepted that is probably not meant. */
  public ConfigError warning(String key, String problem, String allowed) {
    return ConfigError.warning(place(key), Target.join(path, key), problem, allowed);
  }

  /** The path and the keys that are set, never a value. */
  @Override
  public String toString() {
    return path + node.entries().keySet();
  }

  private Optional<ConfigScalar> scalar(String key) {
    return value(key) instanceof ConfigScalar scalar && !scalar.isNull()
        ? Optional.of(scalar)
        : Optional.empty();
  }

  private @Nullable ConfigNode value(String key) {
    if (type.schema().nativeKeys() == null) {
      declared(key);
    }
    return node.get(key);
  }

  private Property declared(String key) {
    Property property = type.schema().properties().get(key);
    if (property == null) {
      throw new IllegalArgumentException("no key " + key + " is declared below '" + path + "'");
    }
    return property;
  }

  private IllegalArgumentException unset(String key) {
    return new IllegalArgumentException(Target.join(path, key) + " is not set");
  }
}
