package dev.tailrace.cli;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attributes in the JSON of OTLP, and back. */
final class AttributeJson {
  private AttributeJson() {}

  static JsonArray write(Attributes attributes) {
    JsonArray written = new JsonArray();
    attributes.forEach(
        (key, value) ->
            written.add(new JsonObject().put("key", key.getKey()).put("value", value(value))));
    return written;
  }

  private static JsonObject value(Object value) {
    JsonObject written = new JsonObject();
    if (value instanceof Boolean) {
      return written.put("boolValue", value);
    } else if (value instanceof Long) {
      return written.put("intValue", value.toString()); // JSON's numbers do not hold it
    } else if (value instanceof Double) {
      return written.put("doubleValue", value);
    } else if (value instanceof List<?> list) {
      JsonArray values = new JsonArray();
      list.forEach(each -> values.add(value(each)));
      return written.put("arrayValue", new JsonObject().put("values", values));
    }
    return written.put("stringValue", value.toString());
  }

  static Attributes read(@Nullable JsonArray written) {
    AttributesBuilder attributes = Attributes.builder();
    if (written != null) {
      for (int i = 0; i < written.size(); i++) {
        JsonObject one = written.getJsonObject(i);
        read(attributes, one.getString("key"), one.getJsonObject("value"));
      }
    }
    return attributes.build();
  }

  private static void read(AttributesBuilder to, String key, JsonObject value) {
    if (value.containsKey("boolValue")) {
      to.put(key, value.getBoolean("boolValue"));
    } else if (value.containsKey("intValue")) {
      to.put(key, Long.parseLong(value.getString("intValue")));
    } else if (value.containsKey("doubleValue")) {
      to.put(key, value.getDouble("doubleValue"));
    } else if (value.containsKey("arrayValue")) {
      readAll(to, key, value.getJsonObject("arrayValue").getJsonArray("values"));
    } else {
      to.put(key, value.getString("stringValue"));
    }
  }

  /** The first one says of what type all are. */
  private static void readAll(AttributesBuilder to, String key, JsonArray values) {
    List<Boolean> booleans = new ArrayList<>();
    List<Long> longs = new ArrayList<>();
    List<Double> doubles = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      JsonObject one = values.getJsonObject(i);
      if (one.containsKey("boolValue")) {
        booleans.add(one.getBoolean("boolValue"));
      } else if (one.containsKey("intValue")) {
        longs.add(Long.parseLong(one.getString("intValue")));
      } else if (one.containsKey("doubleValue")) {
        doubles.add(one.getDouble("doubleValue"));
      } else {
        texts.add(one.getString("stringValue"));
      }
    }
    if (!booleans.isEmpty()) {
      to.put(AttributeKey.booleanArrayKey(key), booleans);
    } else if (!longs.isEmpty()) {
      to.put(AttributeKey.longArrayKey(key), longs);
    } else if (!doubles.isEmpty()) {
      to.put(AttributeKey.doubleArrayKey(key), doubles);
    } else {
      to.put(AttributeKey.stringArrayKey(key), texts);
    }
  }
}
