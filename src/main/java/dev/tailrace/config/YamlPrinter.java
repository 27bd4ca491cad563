package dev.tailrace.config;

import java.util.function.Function;
import java.util.regex.Pattern;

/** Prints a tree as YAML, without its secrets. */
final class YamlPrinter {

  /** What needs no quotes as a value or key, whatever stands around it. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./$][A-Za-z0-9_./$+@%*^-]*");

  private final StringBuilder out = new StringBuilder();
  private final Function<ConfigNode, String> remark;

  private YamlPrinter(Function<ConfigNode, String> remark) {
    this.remark = remark;
  }

  static String print(ConfigObject root) {
    return print(root, leaf -> "");
  }

  /** The tree, with a comment behind every value that says where it comes from. */
  static String printWithOrigins(ConfigObject root) {
    return print(root, leaf -> "  # " + leaf.origin());
  }

  private static String print(ConfigObject root, Function<ConfigNode, String> remark) {
    var printer = new YamlPrinter(remark);
    printer.entries(root, 0, "");
    return printer.out.toString();
  }

  /**
   * Writes the entries, the first one behind {@code lead}: the first key of an item follows its
   * dash.
   */
  private void entries(ConfigObject object, int indent, String lead) {
    String before = lead;
    for (var entry : object.entries().entrySet()) {
      out.append(before).append(text(entry.getKey(), true)).append(':');
      value(entry.getValue().value(), indent + 2);
      before = " ".repeat(indent);
    }
  }

  private void value(ConfigNode node, int indent) {
    if (node instanceof ConfigObject object && !object.entries().isEmpty()) {
      out.append('\n');
      entries(object, indent, " ".repeat(indent));
    } else if (node instanceof ConfigList list && !list.items().isEmpty()) {
      items(list, indent);
    } else {
      leaf(node);
    }
  }

  private void items(ConfigList list, int indent) {
    out.append('\n');
    for (ConfigNode item : list.items()) {
      out.append(" ".repeat(indent)).append('-');
      if (item instanceof ConfigObject object && !object.entries().isEmpty()) {
        entries(object, indent + 2, " ");
      } else if (item instanceof ConfigList inner && !inner.items().isEmpty()) {
        items(inner, indent + 2);
      } else {
        leaf(item);
      }
    }
  }

  private void leaf(ConfigNode node) {
    out.append(' ').append(shown(node)).append(remark.apply(node)).append('\n');
  }

  private static String shown(ConfigNode node) {
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
