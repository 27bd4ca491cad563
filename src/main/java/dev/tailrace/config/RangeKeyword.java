package dev.tailrace.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.AbstractKeyword;
import com.networknt.schema.keyword.BaseKeywordValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.path.NodePath;
import java.util.Arrays;
import java.util.OptionalLong;

/** The JSON Schema keyword {@code x-range}: bounds of a number that carries a unit. */
final class RangeKeyword extends AbstractKeyword {

  static final String NAME = "x-range";

  RangeKeyword() {
    super(NAME);
  }

  @Override
  public KeywordValidator newValidator(
      SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
    return new Range(this, location, node, parent, context);
  }

  private static final class Range extends BaseKeywordValidator {
    private final Quantity quantity;
    private final long least;
    private final long most;

    Range(
        Keyword keyword,
        SchemaLocation location,
        JsonNode node,
        Schema parent,
        SchemaContext context) {
      super(keyword, node, location, parent, context);
      String noun = node.path("quantity").asText();
      this.quantity =
          Arrays.stream(Quantity.values())
              .filter(any -> any.noun().equals(noun))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("no quantity " + noun));
      this.least = quantity.parse(node.path("minimum").asText()).orElseThrow();
      this.most = quantity.parse(node.path("maximum").asText()).orElseThrow();
    }

    @Override
    public void validate(
        ExecutionContext execution, JsonNode node, JsonNode rootNode, NodePath location) {
      OptionalLong value = quantity.parse(node.asText());
      if (value.isPresent() && (value.getAsLong() < least || value.getAsLong() > most)) {
        execution.addError(
            error()
                .instanceNode(node)
                .instanceLocation(location)
                .evaluationPath(execution.getEvaluationPath())
                .message("out of range")
                .build());
      }
    }
  }
}
