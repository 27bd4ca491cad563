package dev.tailrace.config;

import java.util.List;

/** The types that have keys inside. */
sealed interface StructureType extends ValueType {

  /** An object of its own. */
  record Inner(ObjectSchema schema) implements StructureType {}

  /** A list of objects told apart, and merged, by {@code name}. */
  record NamedList(ObjectSchema item) implements StructureType {}

  /** An object with exactly one key: the type registered at the extension point. */
  record OneOf(ExtensionPoint point) implements StructureType {}

  /** Any YAML at all: what a user's own code reads. */
  record Free() implements StructureType {}

  /** What is right, in words. */
  static String phrase(StructureType type, ConfigSchema schema) {
    if (type instanceof NamedList) {
      return "allowed: a list of objects, each with its name";
    }
    if (type instanceof OneOf oneOf) {
      List<String> types = schema.fragments(oneOf.point()).stream().map(Fragment::type).toList();
      return "allowed: an object with exactly one of " + String.join(", ", types);
    }
    return "allowed: an object";
  }
}
