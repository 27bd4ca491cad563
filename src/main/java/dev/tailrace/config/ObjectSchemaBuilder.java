package dev.tailrace.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Declares the keys of an object. A default of {@code null} means that the key may stay unset and
 * is read as optional. Descriptions are one sentence without a full stop. Not thread-safe; a
 * mistake in the declaration (a key twice, a default out of range) is an {@link
 * IllegalArgumentException}.
 */
public final class ObjectSchemaBuilder {

  private final Map<String, Property> properties = new LinkedHashMap<>(); // the declaring thread
  private final List<List<String>> exactlyOne = new ArrayList<>(); // the declaring thread
  private @Nullable String shorthand; // the declaring thread
  private ObjectSchema.@Nullable NativeKeys nativeKeys; // the declaring thread

  ObjectSchemaBuilder() {}

  /** Any text. */
  public ObjectSchemaBuilder text(String name, @Nullable String byDefault, String description) {
    return add(name, new ScalarType.Text(null, "text", byDefault == null), byDefault, description);
  }

  /**
   * Text of a form.
   *
   * @param pattern a regular expression for the whole text, in the subset that Java and ECMAScript
   *     share
   * @param phrase the form in words, such as {@code a name of a-z, 0-9 and -}
   */
  public ObjectSchemaBuilder textMatching(
      String name, @Nullable String byDefault, String pattern, String phrase, String description) {
    return add(
        name, new ScalarType.Text(pattern, phrase, byDefault == null), byDefault, description);
  }

  /** A list of texts. */
  public ObjectSchemaBuilder textList(String name, List<String> byDefault, String description) {
    return add(name, ListType.ofTexts(0), List.copyOf(byDefault), description);
  }

  /** A list of at least one text, without a default; unset unless required. */
  public ObjectSchemaBuilder texts(String name, String description) {
    return add(name, ListType.ofTexts(1), null, description);
  }

  /** A list of durations within {@code least} and {@code most}, both inclusive; by default none. */
  public ObjectSchemaBuilder durations(
      String name, Duration least, Duration most, String description) {
    var item = new ScalarType.Measure(Quantity.DURATION, least.toMillis(), most.toMillis(), null);
    return add(name, new ListType(0, item), List.of(), description);
  }

  /** A whole number within {@code least} and {@code most}, both inclusive. */
  public ObjectSchemaBuilder integer(
      String name, @Nullable Integer byDefault, long least, long most, String description) {
    Long value = byDefault == null ? null : Long.valueOf(byDefault);
    return add(name, new ScalarType.Whole(least, most, value == null), value, description);
  }

  /** A duration from 0s to ten years. */
  public ObjectSchemaBuilder duration(String name, Duration byDefault, String description) {
    return measure(name, Quantity.DURATION, byDefault.toMillis(), null, description);
  }

  /** A duration within {@code least} and {@code most}, both inclusive. */
  public ObjectSchemaBuilder duration(
      String name, Duration byDefault, Duration least, Duration most, String description) {
    var type = new ScalarType.Measure(Quantity.DURATION, least.toMillis(), most.toMillis(), null);
    return add(name, type, Durations.print(byDefault), description);
  }

  /** A duration, or {@code auto}, which is the default. */
  public ObjectSchemaBuilder durationOrAuto(String name, String description) {
    return measure(name, Quantity.DURATION, 0, "auto", description);
  }

  /** A size in bytes, from nothing to a tebibyte. */
  public ObjectSchemaBuilder size(String name, long byDefault, String description) {
    return measure(name, Quantity.SIZE, byDefault, null, description);
  }

  /** A size of at least {@code least} and at most {@code most} bytes. */
  public ObjectSchemaBuilder size(
      String name, @Nullable Long byDefault, long least, long most, String description) {
    var type = new ScalarType.Measure(Quantity.SIZE, least, most, null);
    String text = byDefault == null ? null : Sizes.print(byDefault);
    return add(name, type, text, description);
  }

  /** A share in whole percent, from 0 to 100. */
  public ObjectSchemaBuilder percent(String name, int byDefault, String description) {
    return measure(name, Quantity.PERCENT, byDefault, null, description);
  }

  private ObjectSchemaBuilder measure(
      String name, Quantity quantity, long byDefault, @Nullable String word, String description) {
    var type = new ScalarType.Measure(quantity, 0, quantity.ceiling(), word);
    return add(name, type, word == null ? quantity.print(byDefault) : word, description);
  }

  /** {@code true} or {@code false}. */
  public ObjectSchemaBuilder bool(String name, boolean byDefault, String description) {
    return add(name, new ScalarType.Flag(), byDefault, description);
  }

  /** One of a few words. */
  public ObjectSchemaBuilder choice(
      String name, @Nullable String byDefault, List<String> values, String description) {
    if (byDefault != null && !values.contains(byDefault)) {
      throw new IllegalArgumentException(name + " has a default that is no choice: " + byDefault);
    }
    var type = new ScalarType.Choice(List.copyOf(values), List.of(), null);
    return add(name, type, byDefault, description);
  }

  /** One of {@code values} or of the types registered at the extension point, as a word. */
  public ObjectSchemaBuilder choice(
      String name,
      String byDefault,
      List<String> values,
      ExtensionPoint point,
      String description) {
    var type = new ScalarType.Choice(List.copyOf(values), List.of(), point);
    return add(name, type, byDefault, description);
  }

  /** Adds words to a declared choice that are refused as <em>not yet</em>. */
  public ObjectSchemaBuilder choiceNotYet(String name, String... values) {
    if (declared(name).type() instanceof ScalarType.Choice choice) {
      var type = new ScalarType.Choice(choice.values(), List.of(values), choice.point());
      properties.put(name, declared(name).withType(type));
      return this;
    }
    throw new IllegalArgumentException(name + " is no choice");
  }

  /** An object of its own; where it is not set, it is there with its defaults. */
  public ObjectSchemaBuilder object(String name, ObjectSchema schema, String description) {
    return add(name, new StructureType.Inner(schema), null, description);
  }

  /** A list of objects told apart, and merged over files, by their {@code name}. */
  public ObjectSchemaBuilder namedList(String name, ObjectSchema item, String description) {
    if (!item.properties().containsKey("name")) {
      throw new IllegalArgumentException("the objects of " + name + " have no name");
    }
    return add(name, new StructureType.NamedList(item), null, description);
  }

  /** Any YAML, read with {@link ConfigSection#raw()}: the configuration of a user's own code. */
  public ObjectSchemaBuilder map(String name, String description) {
    return add(name, new StructureType.Free(), null, description);
  }

  /** An object with exactly one key, which is a type registered at the extension point. */
  public ObjectSchemaBuilder oneOf(String name, ExtensionPoint point, String description) {
    return add(name, new StructureType.OneOf(point), null, description);
  }

  /** A key that is documented and refused: its mechanism is not built yet. */
  public ObjectSchemaBuilder notYet(String name, String description) {
    add(name, new ScalarType.Text(null, "nothing", true), null, description);
    properties.put(name, declared(name).asNotYetBuilt());
    return this;
  }

  /** Marks declared keys as required: there is no default to fall back to. */
  public ObjectSchemaBuilder required(String... names) {
    for (String name : names) {
      properties.put(name, withoutNull(declared(name)).asRequired());
    }
    return this;
  }

  /** Marks declared keys as secrets: their values are masked in all output. */
  public ObjectSchemaBuilder secret(String... names) {
    for (String name : names) {
      properties.put(name, declared(name).asSecret());
    }
    return this;
  }

  /** Demands exactly one of the declared keys. */
  public ObjectSchemaBuilder exactlyOne(String... names) {
    for (String name : names) {
      properties.put(name, withoutNull(declared(name)));
    }
    exactlyOne.add(List.of(names));
    return this;
  }

  /** Lets a scalar stand for the whole object: {@code {kafka: orders.dlq}} sets this key. */
  public ObjectSchemaBuilder shorthand(String name) {
    declared(name);
    this.shorthand = name;
    return this;
  }

  /**
   * Accepts scalar keys that are not ours beside the declared ones.
   *
   * @param allowed the keys that are accepted; empty: every key
   */
  public ObjectSchemaBuilder nativeKeys(Collection<String> allowed) {
    return nativeKeys(allowed, List.of());
  }

  /**
   * Accepts scalar keys that are not ours beside the declared ones.
   *
   * @param allowed the keys that are passed on
   * @param refused keys that the reader of the section refuses, saying what to set instead
   */
  public ObjectSchemaBuilder nativeKeys(Collection<String> allowed, Collection<String> refused) {
    Set<String> accepted = new TreeSet<>(allowed);
    accepted.addAll(refused);
    this.nativeKeys =
        new ObjectSchema.NativeKeys(
            Collections.unmodifiableSet(accepted),
            Collections.unmodifiableSet(new TreeSet<>(refused)));
    return this;
  }

  /** The value, as YAML, that the generated reference file shows for a key without a default. */
  public ObjectSchemaBuilder example(String name, String yaml) {
    properties.put(name, declared(name).withExample(yaml));
    return this;
  }

  /** The finished schema. */
  public ObjectSchema build() {
    return ObjectSchema.of(properties, exactlyOne, shorthand, nativeKeys);
  }

  private static Property withoutNull(Property property) {
    if (property.type() instanceof ScalarType.Text text) {
      return property.withType(new ScalarType.Text(text.pattern(), text.phrase(), false));
    }
    if (property.type() instanceof ScalarType.Whole whole) {
      return property.withType(new ScalarType.Whole(whole.least(), whole.most(), false));
    }
    return property;
  }

  private Property declared(String name) {
    Property property = properties.get(name);
    if (property == null) {
      throw new IllegalArgumentException("no key " + name + " is declared");
    }
    return property;
  }

  private ObjectSchemaBuilder add(
      String name, ValueType type, @Nullable Object byDefault, String description) {
    var property = new Property(name, type, byDefault, description, Property.Marks.NONE);
    if (properties.putIfAbsent(name, property) != null) {
      throw new IllegalArgumentException("the key " + name + " is declared twice");
    }
    return this;
  }
}
