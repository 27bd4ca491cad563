package dev.tailrace.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Writes the JSON Schema. Its own keywords: {@code x-range} bounds a number with a unit, {@code
 * x-unique} demands that the items of a list differ in a key, {@code x-secret} and {@code
 * x-not-yet} mark keys.
 */
final class JsonSchemaWriter {
  /** Notes for editors and people, which no validator looks at. */
  static final String SECRET = "x-secret";

  static final String NOT_YET = "x-not-yet";

  static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final ConfigSchema schema;

  JsonSchemaWriter(ConfigSchema schema) {
    this.schema = schema;
  }

  ObjectNode document() {
    ObjectNode document = NODES.objectNode();
    document.put("$schema", DIALECT);
    document.put("title", "Tailrace configuration");
    document.setAll(object(schema.root()));
    return document;
  }

  private ObjectNode object(ObjectSchema object) {
    ObjectNode node = NODES.objectNode();
    String shorthand = object.shorthand();
    if (shorthand == null) {
      node.put("type", "object");
    } else {
      node.set("type", NODES.arrayNode().add("string").add("object"));
    }
    ArrayNode required = NODES.arrayNode();
    ObjectNode properties = NODES.objectNode();
    for (Property property : object.properties().values()) {
      properties.set(property.name(), property(property));
      if (property.required()) {
        required.add(property.name());
      }
    }
    nativeKeys(object, node, properties);
    node.set("properties", properties);
    if (!required.isEmpty()) {
      node.set("required", required);
    }
    exactlyOne(object, node);
    return node;
  }

  private void nativeKeys(ObjectSchema object, ObjectNode node, ObjectNode properties) {
    ObjectSchema.NativeKeys keys = object.nativeKeys();
    if (keys == null) {
      node.put("additionalProperties", false);
    } else if (keys.allowed().isEmpty()) {
      node.set("additionalProperties", nativeValue());
    } else {
      for (String key : keys.allowed()) {
        if (!properties.has(key)) {
          properties.set(key, nativeValue());
        }
      }
      node.put("additionalProperties", false);
    }
  }

  private static ObjectNode nativeValue() {
    ObjectNode node = NODES.objectNode();
    node.set("type", words(List.of("string", "integer", "number", "boolean")));
    return node;
  }

  private void exactlyOne(ObjectSchema object, ObjectNode node) {
    ArrayNode all = NODES.arrayNode();
    for (List<String> group : object.exactlyOne()) {
      ArrayNode alternatives = NODES.arrayNode();
      for (String key : group) {
        ObjectNode alternative = NODES.objectNode();
        alternative.set("required", NODES.arrayNode().add(key));
        alternatives.add(alternative);
      }
      ObjectNode oneOf = NODES.objectNode();
      oneOf.set("oneOf", alternatives);
      all.add(oneOf);
    }
    if (!all.isEmpty()) {
      node.set("allOf", all);
    }
  }

  private ObjectNode property(Property property) {
    ObjectNode node = NODES.objectNode();
    node.put("description", property.description());
    if (property.secret()) {
      node.put(SECRET, true);
    }
    if (property.marks().notYet()) {
      node.put(NOT_YET, true);
      node.set("not", NODES.objectNode());
      return node;
    }
    node.setAll(type(property.type()));
    if (property.required() && property.type() instanceof StructureType.NamedList) {
      node.put("minItems", 1);
    }
    Object byDefault = property.defaultValue();
    if (byDefault != null) {
      node.set("default", value(byDefault));
    }
    return node;
  }

  private ObjectNode type(ValueType type) {
    if (type instanceof ScalarType scalar) {
      return scalar(scalar);
    }
    ObjectNode node = NODES.objectNode();
    if (type instanceof ListType list) {
      node.put("type", "array");
      node.set("items", scalar(list.item()));
      if (list.atLeast() > 0) {
        node.put("minItems", list.atLeast());
      }
    } else if (type instanceof StructureType.Inner inner) {
      return object(inner.schema());
    } else if (type instanceof StructureType.NamedList named) {
      node.put("type", "array");
      node.set("items", object(named.item()));
      node.put("x-unique", "name");
    } else if (type instanceof StructureType.OneOf oneOf) {
      return oneOf(oneOf.point());
    } else {
      node.put("type", "object");
    }
    return node;
  }

  private ObjectNode oneOf(ExtensionPoint point) {
    ObjectNode node = NODES.objectNode().put("type", "object");
    ObjectNode properties = NODES.objectNode();
    for (Fragment fragment : schema.fragments(point)) {
      properties.set(fragment.type(), object(fragment.schema()));
    }
    node.set("properties", properties);
    node.put("additionalProperties", false);
    node.put("minProperties", 1);
    node.put("maxProperties", 1);
    return node;
  }

  private ObjectNode scalar(ScalarType type) {
    ObjectNode node = NODES.objectNode();
    if (type instanceof ScalarType.Text text) {
      named(node, "string", text.nullable());
      if (text.pattern() != null) {
        node.put("pattern", "^(?:" + text.pattern() + ")$");
      }
    } else if (type instanceof ScalarType.Whole whole) {
      named(node, "integer", whole.nullable());
      node.put("minimum", whole.least());
      if (whole.most() < Long.MAX_VALUE) {
        node.put("maximum", whole.most());
      }
    } else if (type instanceof ScalarType.Measure measure) {
      measure(node, measure);
    } else if (type instanceof ScalarType.Choice choice) {
      node.set("enum", words(choice.composed(schema).values()));
      if (!choice.later().isEmpty()) {
        node.set(NOT_YET, words(choice.later()));
      }
    } else {
      node.put("type", "boolean");
    }
    return node;
  }

  private static void measure(ObjectNode node, ScalarType.Measure measure) {
    Quantity quantity = measure.quantity();
    node.put("type", "string");
    String word = measure.word();
    String alternative = word == null ? "" : word + "|";
    node.put("pattern", "^(?:" + alternative + quantity.pattern() + ")$");
    ObjectNode range = NODES.objectNode();
    range.put("quantity", quantity.noun());
    range.put("minimum", quantity.print(measure.least()));
    range.put("maximum", quantity.print(measure.most()));
    node.set("x-range", range);
  }

  private static void named(ObjectNode node, String type, boolean nullable) {
    if (nullable) {
      node.set("type", NODES.arrayNode().add(type).add("null"));
    } else {
      node.put("type", type);
    }
  }

  private static JsonNode value(Object value) {
    if (value instanceof Long number) {
      return NODES.numberNode(number);
    }
    if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    }
    if (value instanceof List<?> list) {
      ArrayNode node = NODES.arrayNode();
      list.forEach(item -> node.add(String.valueOf(item)));
      return node;
    }
    return NODES.textNode(value.toString());
  }

  private static ArrayNode words(List<String> words) {
    ArrayNode node = NODES.arrayNode();
    words.forEach(node::add);
    return node;
  }
}
