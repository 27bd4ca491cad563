package dev.tailrace.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one object of the configuration: their types, defaults and descriptions. Immutable;
 * built by {@link #builder()}. Validation, defaults, the JSON Schema and the reference pages all
 * come from it.
 */
public final class ObjectSchema {

  /**
   * Keys that are not ours, such as those of a broker's client; their values are scalars.
   *
   * @param allowed the keys that are accepted; empty: every key
   * @param refused those among them that the section's reader refuses, saying what to set instead
   */
  record NativeKeys(Set<String> allowed, Set<String> refused) {

    /** Those that may be set. */
    List<String> passedOn() {
      return allowed.stream().filter(key -> !refused.contains(key)).toList();
    }
  }

  private final Map<String, Property> properties; // in the order of declaration
  private final List<List<String>> exactlyOne;
  private final @Nullable String shorthand;
  private final @Nullable NativeKeys nativeKeys;

  private ObjectSchema(
      Map<String, Property> properties,
      List<List<String>> exactlyOne,
      @Nullable String shorthand,
      @Nullable NativeKeys nativeKeys) {
    this.properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    this.exactlyOne = List.copyOf(exactlyOne);
    this.shorthand = shorthand;
    this.nativeKeys = nativeKeys;
  }

  /** Begins an object without keys. */
  public static ObjectSchemaBuilder builder() {
    return new ObjectSchemaBuilder();
  }

  static ObjectSchema of(
      Map<String, Property> properties,
      List<List<String>> exactlyOne,
      @Nullable String shorthand,
      @Nullable NativeKeys nativeKeys) {
    return new ObjectSchema(properties, exactlyOne, shorthand, nativeKeys);
  }

  /** The keys, in the order in which they were declared. */
  Map<String, Property> properties() {
    return properties;
  }

  /** Groups of keys of which exactly one must be set. */
  List<List<String>> exactlyOne() {
    return exactlyOne;
  }

  /** The key that a scalar in place of the object sets, or null. */
  @Nullable String shorthand() {
    return shorthand;
  }

  /** The keys that are not ours, or null where there are none. */
  @Nullable NativeKeys nativeKeys() {
    return nativeKeys;
  }
}
