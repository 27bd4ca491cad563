package dev.tailrace.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.List;

/**
 * Validates a shaped tree against the composed JSON Schema, and says in our words, at the user's
 * place, what the validator found.
 */
final class SchemaValidation {

  private final ConfigSchema schema;
  private final Schema validator;

  SchemaValidation(ConfigSchema schema) {
    this.schema = schema;
    Dialect dialect =
        Dialect.builder(Dialects.getDraft202012())
            .keyword(new RangeKeyword())
            .keyword(new UniqueKeyword())
            .keyword(new NonValidationKeyword(JsonSchemaWriter.SECRET))
            .keyword(new NonValidationKeyword(JsonSchemaWriter.NOT_YET))
            .build();
    this.validator =
        SchemaRegistry.withDialect(dialect).getSchema(new JsonSchemaWriter(schema).document());
  }

  void validate(ConfigObject root, Problems problems) {
    JsonNode tree = JsonTree.of(root);
    for (Error error : validator.validate(tree)) {
      new SchemaComplaint(schema, root, problems)
          .report(elements(error.getInstanceLocation()), error.getKeyword(), error.getProperty());
    }
  }

  private static List<Object> elements(NodePath path) {
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < path.getNameCount(); i++) {
      elements.add(path.getElement(i));
    }
    return elements;
  }
}
