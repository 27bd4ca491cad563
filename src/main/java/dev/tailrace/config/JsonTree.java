package dev.tailrace.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** The tree as JSON. */
final class JsonTree {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonTree() {}

  /** The tree with its secrets, for the schema validator. */
  static JsonNode of(ConfigNode node) {
    return of(node, true);
  }

  /** The tree with its secrets masked, for people. */
  static JsonNode masked(ConfigNode node) {
    return of(node, false);
  }

  private static JsonNode of(ConfigNode node, boolean secrets) {
    if (node instanceof ConfigObject object) {
      ObjectNode json = NODES.objectNode();
      object.entries().forEach((key, entry) -> json.set(key, of(entry.value(), secrets)));
      return json;
    }
    if (node instanceof ConfigList list) {
      ArrayNode json = NODES.arrayNode();
      list.items().forEach(item -> json.add(of(item, secrets)));
      return json;
    }
    ConfigScalar scalar = (ConfigScalar) node;
    boolean hidden = !secrets && !scalar.shown().equals(scalar.text());
    return hidden ? NODES.textNode(scalar.shown()) : of(scalar);
  }

  private static JsonNode of(ConfigScalar scalar) {
    return switch (scalar.kind()) {
      case TEXT -> NODES.textNode(scalar.text());
      case INTEGER -> NODES.numberNode(Long.parseLong(scalar.text()));
      case DECIMAL -> NODES.numberNode(Double.parseDouble(scalar.text()));
      case BOOLEAN -> NODES.booleanNode(scalar.text().toLowerCase(Locale.ROOT).equals("true"));
      case NULL -> NODES.nullNode();
    };
  }
}
