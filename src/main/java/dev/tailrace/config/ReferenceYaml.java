package dev.tailrace.config;

import java.util.List;

/**
 * Writes a configuration file from the schema, each key under its description. Keys that are
 * switched off begin with {@code #} in the first column, so that deleting it switches them on.
 */
final class ReferenceYaml {

  private final ConfigSchema schema;
  private final boolean defaultsToo;
  private final StringBuilder out = new StringBuilder(); // the writing thread only

  /**
   * A writer.
   *
   * @param defaultsToo whether keys are switched on that only repeat their default
   */
  ReferenceYaml(ConfigSchema schema, boolean defaultsToo) {
    this.schema = schema;
    this.defaultsToo = defaultsToo;
  }

  String write() {
    out.setLength(0);
    object(schema.root(), 0, true, false);
    return out.toString();
  }

  private void object(ObjectSchema object, int indent, boolean on, boolean dash) {
    boolean behindDash = dash;
    for (Property property : object.properties().values()) {
      if (property.marks().notYet()) {
        continue;
      }
      boolean chosen = property.required() || isFirstOfGroup(object, property.name());
      boolean active = on && (chosen || (defaultsToo && hasDefault(property)));
      String lead = behindDash ? " ".repeat(indent - 2) + "- " : " ".repeat(indent);
      if (!behindDash) {
        comment(property, indent);
      }
      property(property, indent, lead, active);
      behindDash = false;
      if (indent == 0) {
        out.append('\n');
      }
    }
    if (indent == 0) {
      out.setLength(out.length() - 1);
    }
  }

  private static boolean isFirstOfGroup(ObjectSchema object, String key) {
    return object.exactlyOne().stream().anyMatch(group -> group.get(0).equals(key));
  }

  private static boolean hasDefault(Property property) {
    return property.defaultValue() != null || property.type() instanceof StructureType.Inner;
  }

  private void comment(Property property, int indent) {
    String more = allowedWords(property);
    String text = property.description() + (more.isEmpty() ? "" : " (" + more + ")");
    for (String line : Lines.wrap(text, 98 - indent)) {
      out.append(" ".repeat(indent)).append("# ").append(line).append('\n');
    }
  }

  private String allowedWords(Property property) {
    if (property.type() instanceof ScalarType.Choice choice) {
      List<String> words = choice.composed(schema).values();
      return words.size() > 1 ? String.join(" | ", words) : "";
    }
    return "";
  }

  private void property(Property property, int indent, String lead, boolean on) {
    String key = lead + YamlPrinter.text(property.name(), true) + ":";
    ValueType type = property.type();
    if (type instanceof StructureType.Inner inner && !isEmpty(inner.schema())) {
      line(on, key);
      object(inner.schema(), indent + 2, on, false);
    } else if (type instanceof StructureType.NamedList named) {
      line(on, key);
      object(named.item(), indent + 4, on, true);
    } else if (type instanceof StructureType.OneOf oneOf) {
      oneOf(oneOf.point(), key, indent, on);
    } else {
      line(on, key + " " + value(property));
    }
  }

  private void oneOf(ExtensionPoint point, String key, int indent, boolean on) {
    List<Fragment> fragments = schema.fragments(point);
    line(on, key + (fragments.isEmpty() ? " {}" : ""));
    boolean first = true;
    for (Fragment fragment : fragments) {
      String lead = " ".repeat(indent + 2) + fragment.type() + ":";
      String shorthand = fragment.schema().shorthand();
      Property shortProperty =
          shorthand == null ? null : fragment.schema().properties().get(shorthand);
      if (shortProperty != null) {
        line(on && first, lead + " " + value(shortProperty));
      } else if (isEmpty(fragment.schema())) {
        line(on && first, lead + " {}");
      } else {
        line(on && first, lead);
        object(fragment.schema(), indent + 4, on && first, false);
      }
      first = false;
    }
  }

  private static boolean isEmpty(ObjectSchema object) {
    return object.properties().values().stream().allMatch(property -> property.marks().notYet());
  }

  private void line(boolean on, String text) {
    out.append(on ? "" : "#").append(text).append('\n');
  }

  /** The example, else the default, else something of the right type. */
  static String value(Property property) {
    String example = property.marks().example();
    if (example != null) {
      return example;
    }
    Object byDefault = property.defaultValue();
    if (byDefault != null) {
      return printed(byDefault);
    }
    if (property.type() instanceof ListType) {
      return "[" + YamlPrinter.text(property.name(), false) + "]";
    }
    if (property.type() instanceof ScalarType type && type.nullable()) {
      return "null";
    }
    if (property.type() instanceof ScalarType.Measure measure) {
      return measure.quantity().example();
    }
    boolean isObject = property.type() instanceof StructureType;
    return isObject ? "{}" : YamlPrinter.text(property.name(), false);
  }

  /** A default as YAML. */
  static String printed(Object byDefault) {
    if (byDefault instanceof List<?> list) {
      List<String> items =
          list.stream().map(item -> YamlPrinter.text(String.valueOf(item), false)).toList();
      return "[" + String.join(", ", items) + "]";
    }
    boolean plain = byDefault instanceof Long || byDefault instanceof Boolean;
    return plain ? byDefault.toString() : YamlPrinter.text(byDefault.toString(), false);
  }
}
