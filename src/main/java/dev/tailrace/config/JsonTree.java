package dev.tailrace.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.function.Function;

/** The tree as JSON. */
final class JsonTree {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonTree() {}

  /** The tree with its secrets, for the schema validator. */
  static JsonNode of(ConfigNode node) {
    return tree(node, JsonTree::of);
  }

  /** The tree with its secrets masked, for people. */
  static JsonNode masked(ConfigNode node) {
    return tree(
        node,
        scalar ->
            scalar.shown().equals(scalar.text()) ? of(scalar) : NODES.textNode(scalar.shown()));
  }

  /** The tree with the origin of each value in its place. */
  static JsonNode origins(ConfigNode node) {
    return tree(node, scalar -> NODES.textNode(scalar.origin()));
  }

  private static JsonNode tree(ConfigNode node, Function<ConfigScalar, JsonNode> leaf) {
    if (node instanceof ConfigObject object) {
      ObjectNode json = NODES.objectNode();
      object.entries().forEach((key, entry) -> json.set(key, tree(entry.value(), leaf)));
      return json;
    }
    if (node instanceof ConfigList list) {
      ArrayNode json = NODES.arrayNode();
      list.items().forEach(item -> json.add(tree(item, leaf)));
      return json;
    }
    return leaf.apply((ConfigScalar) node);
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
