package dev.tailrace.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts one finding of the schema validator into words. */
final class SchemaComplaint {

  private final ConfigSchema schema;
  private final ConfigObject root;
  private final Problems problems;

  SchemaComplaint(ConfigSchema schema, ConfigObject root, Problems problems) {
    this.schema = schema;
    this.root = root;
    this.problems = problems;
  }

  /**
   * Reports a finding.
   *
   * @param elements the way to the value: keys and indexes
   * @param keyword the keyword of the JSON Schema that failed
   * @param property the key that is missing or unknown, or null
   */
  void report(List<Object> elements, String keyword, @Nullable String property) {
    Target target = Target.of(schema, root, elements);
    if (keyword.equals("additionalProperties") && property != null) {
      unknownKey(target, property);
    } else if (keyword.equals("required") && property != null) {
      missingKey(target, property);
    } else if (keyword.equals("oneOf")) {
      notExactlyOne(target);
    } else if (keyword.equals(UniqueKeyword.NAME)) {
      notUnique(target, elements);
    } else {
      wrongValue(target);
    }
  }

  private void unknownKey(Target target, String key) {
    ConfigObject.Entry entry = ((ConfigObject) target.node()).entries().get(key);
    Place place = entry == null ? target.node().place() : entry.keyPlace();
    boolean chooses = target.type() instanceof StructureType.OneOf;
    String problem = chooses ? "unknown " + target.key() + " '" + key + "'" : "unknown key";
    String path = target.path().isEmpty() ? key : target.path() + "." + key;
    problems.error(place, path, problem, Suggestions.phrase(key, keysOf(target.type())));
  }

  private void missingKey(Target target, String key) {
    Target missing = Target.missing(schema, target, key);
    // The alternatives of exactlyOne are reported as one, by notExactlyOne.
    Property property = missing.property();
    if (property != null && property.required()) {
      problems.error(target.node().place(), missing.path(), "is missing", allowed(missing));
    }
  }

  private void notExactlyOne(Target target) {
    if (target.type() instanceof StructureType.Inner inner
        && target.node() instanceof ConfigObject object) {
      for (List<String> group : inner.schema().exactlyOne()) {
        List<String> given = group.stream().filter(object.entries()::containsKey).toList();
        if (given.isEmpty()) {
          problems.error(
              object.place(),
              target.path(),
              "one of " + String.join(", ", group) + " is missing",
              "allowed: exactly one of them");
        } else if (given.size() > 1) {
          problems.error(
              object.place(),
              target.path(),
              String.join(" and ", given) + " are both set",
              "allowed: exactly one of " + String.join(", ", group));
        }
      }
    }
  }

  private void notUnique(Target target, List<Object> elements) {
    String name = ((ConfigScalar) target.node()).shown();
    List<Object> list = elements.subList(0, elements.size() - 2);
    ConfigList items = (ConfigList) Target.of(schema, root, list).node();
    String first = "";
    for (ConfigNode item : items.items()) {
      if (item instanceof ConfigObject object
          && object.get("name") instanceof ConfigScalar scalar
          && scalar.shown().equals(name)) {
        first = scalar.place().toString();
        break;
      }
    }
    problems.error(
        target.node().place(),
        target.path(),
        "'" + name + "' is already the name of the one at " + first,
        "allowed: each name once");
  }

  private void wrongValue(Target target) {
    Property property = target.property();
    ConfigNode node = target.node();
    if (property != null && property.marks().notYet()) {
      problems.error(node.place(), target.path(), "is not yet built", "allowed: leave it out");
      return;
    }
    String problem = problem(target);
    problems.error(node.place(), target.path(), problem, allowed(target));
  }

  private static String problem(Target target) {
    ConfigNode node = target.node();
    if (node instanceof ConfigObject object) {
      if (target.type() instanceof StructureType.OneOf) {
        int size = object.entries().size();
        return size == 0
            ? "names none"
            : "names " + size + ": " + String.join(", ", object.entries().keySet());
      }
      return "is an object";
    }
    if (node instanceof ConfigList list) {
      return list.items().isEmpty() ? "is empty" : "is a list";
    }
    ConfigScalar scalar = (ConfigScalar) node;
    if (target.type() instanceof ScalarType type) {
      return type.complaint(scalar);
    }
    return scalar.isNull() ? "has no value" : ScalarType.quoted(scalar) + " is a single value";
  }

  private String allowed(Target target) {
    ValueType type = target.type();
    if (type instanceof ScalarType.Choice choice) {
      ScalarType.Choice composed = choice.composed(schema);
      String near =
          target.node() instanceof ConfigScalar scalar && !composed.later().contains(scalar.text())
              ? Suggestions.nearest(scalar.shown(), composed.values())
                  .map(word -> "; did you mean '" + word + "'?")
                  .orElse("")
              : "";
      return "allowed: " + composed.phrase() + near;
    }
    if (type instanceof ScalarType scalar) {
      return "allowed: " + scalar.phrase();
    }
    if (type instanceof ListType list) {
      return list.phrase();
    }
    return type instanceof StructureType structure
        ? StructureType.phrase(structure, schema)
        : "allowed: a single value";
  }

  private Collection<String> keysOf(@Nullable ValueType type) {
    if (type instanceof StructureType.OneOf oneOf) {
      return schema.fragments(oneOf.point()).stream().map(Fragment::type).toList();
    }
    if (type instanceof StructureType.Inner inner) {
      var keys = new ArrayList<>(inner.schema().properties().keySet());
      ObjectSchema.NativeKeys nativeKeys = inner.schema().nativeKeys();
      if (nativeKeys != null) {
        keys.addAll(nativeKeys.allowed());
      }
      return new TreeSet<>(keys);
    }
    return List.of();
  }
}
