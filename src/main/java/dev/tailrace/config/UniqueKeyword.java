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
import java.util.HashSet;
import java.util.Set;

/** The JSON Schema keyword {@code x-unique}: the items of a list differ in the named key. */
final class UniqueKeyword extends AbstractKeyword {

  static final String NAME = "x-unique";

  UniqueKeyword() {
    super(NAME);
  }

  @Override
  public KeywordValidator newValidator(
      SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
    return new Unique(this, location, node, parent, context);
  }

  private static final class Unique extends BaseKeywordValidator {
    private final String key;

    Unique(
        Keyword keyword,
        SchemaLocation location,
        JsonNode node,
        Schema parent,
        SchemaContext context) {
      super(keyword, node, location, parent, context);
      this.key = node.asText();
    }

    @Override
    public void validate(
        ExecutionContext execution, JsonNode node, JsonNode rootNode, NodePath location) {
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < node.size(); i++) {
        JsonNode value = node.path(i).path(key);
        if (value.isTextual() && !seen.add(value.asText())) {
          execution.addError(
              error()
                  .instanceNode(value)
                  .instanceLocation(location.append(i).append(key))
                  .evaluationPath(execution.getEvaluationPath())
                  .message("not unique")
                  .build());
        }
      }
    }
  }
}
