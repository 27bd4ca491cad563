package dev.tailrace.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** The tree as the schema validator wants it. */
final class JsonTree {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private JsonTree() {}

  static JsonNode of(ConfigNode node) {
    if (node instanceof ConfigObject object) {
      ObjectNode json = NODES.objectNode();
      object.entries().forEach((key, entry) -> json.set(key, of(entry.value())));
      return json;
    }
    if (node instanceof ConfigList list) {
      ArrayNode json = NODES.arrayNode();
      list.items().forEach(item -> json.add(of(item)));
      return json;
    }
    return of((ConfigScalar) node);
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
