package dev.tailrace.config;

import java.util.regex.Pattern;

/** Prints a tree as YAML, without its secrets. */
final class YamlPrinter {

  /** What needs no quotes as a value or key, whatever stands around it. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./$][A-Za-z0-9_./$+@%*^-]*");

  private YamlPrinter() {}

  static String print(ConfigObject root) {
    var out = new StringBuilder();
    entries(root, 0, "", out);
    return out.toString();
  }

  /**
   * Writes the entries, the first one behind {@code lead}: the first key of an item follows its
   * dash.
   */
  private static void entries(ConfigObject object, int indent, String lead, StringBuilder out) {
    String before = lead;
    for (var entry : object.entries().entrySet()) {
      out.append(before).append(text(entry.getKey(), true)).append(':');
      value(entry.getValue().value(), indent + 2, out);
      before = " ".repeat(indent);
    }
  }

  private static void value(ConfigNode node, int indent, StringBuilder out) {
    if (node instanceof ConfigObject object && !object.entries().isEmpty()) {
      out.append('\n');
      entries(object, indent, " ".repeat(indent), out);
    } else if (node instanceof ConfigList list && !list.items().isEmpty()) {
      out.append('\n');
      for (ConfigNode item : list.items()) {
        out.append(" ".repeat(indent)).append('-');
        item(item, indent + 2, out);
      }
    } else {
      out.append(' ').append(leaf(node)).append('\n');
    }
  }

  private static void item(ConfigNode item, int indent, StringBuilder out) {
    if (item instanceof ConfigObject object && !object.entries().isEmpty()) {
      entries(object, indent, " ", out);
    } else if (item instanceof ConfigList list && !list.items().isEmpty()) {
      out.append('\n');
      for (ConfigNode inner : list.items()) {
        out.append(" ".repeat(indent)).append('-');
        item(inner, indent + 2, out);
      }
    } else {
      out.append(' ').append(leaf(item)).append('\n');
    }
  }

  private static String leaf(ConfigNode node) {
    if (node instanceof ConfigObject) {
      return "{}";
    }
    return node instanceof ConfigScalar scalar ? scalar(scalar) : "[]";
  }

  /** A scalar in YAML, quoted where it would be read as something else. */
  static String scalar(ConfigScalar scalar) {
    if (!scalar.shown().equals(scalar.text())) {
      return text(scalar.shown(), false);
    }
    return switch (scalar.kind()) {
      case NULL -> "null";
      case TEXT -> text(scalar.shown().replace("${", "$${"), false); // no reference any more
      case INTEGER, DECIMAL, BOOLEAN -> scalar.shown();
    };
  }

  static String text(String text, boolean key) {
    boolean plain =
        PLAIN.matcher(text).matches()
            && (key || ConfigScalar.Kind.of(text) == ConfigScalar.Kind.TEXT);
    return plain ? text : quoted(text);
  }

  private static String quoted(String text) {
    var out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                  if (point < 0x20 || point >= 0x7f) {
                    out.append(String.format("\\U%08x", point));
                  } else {
                    out.appendCodePoint(point);
                  }
                }
              }
            });
    return out.append('"').toString();
  }
}
