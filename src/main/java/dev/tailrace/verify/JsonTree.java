package dev.tailrace.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A small JSON object in memory, asked for by path. What is missing, or of another type, reads as
 * null, 0 or empty: the checker compares, and says what does not agree.
 */
final class JsonTree {
  private static final JsonFactory JSON = new JsonFactory();

  private final Map<?, ?> fields;

  private JsonTree(Map<?, ?> fields) {
    this.fields = fields;
  }

  /** Reads all objects of a file, one after the other; a torn last one ends the file. */
  static void read(Path file, Consumer<JsonTree> objects) throws IOException {
    try (JsonParser json = JSON.createParser(file.toFile())) {
      while (json.nextToken() != null) {
        if (value(json) instanceof Map<?, ?> map) {
          objects.accept(new JsonTree(map));
        }
      }
    } catch (JsonEOFException torn) {
      return;
    }
  }

  /** The text at a path such as {@code messages.abandoned.count}. */
  @Nullable String text(String path) {
    Object value = at(path);
    return value == null || value instanceof Map || value instanceof List ? null : value.toString();
  }

  /** The number at a path; 0 where there is none. */
  long number(String path) {
    return at(path) instanceof Number number ? number.longValue() : 0;
  }

  /** The numbers of the object at a path. */
  Map<String, Long> numbers(String path) {
    Map<String, Long> numbers = new LinkedHashMap<>();
    if (at(path) instanceof Map<?, ?> map) {
      map.forEach(
          (name, value) -> {
            if (value instanceof Number number) {
              numbers.put(name.toString(), number.longValue());
            }
          });
    }
    return numbers;
  }

  /** The objects of the array at a path. */
  List<JsonTree> objects(String path) {
    List<JsonTree> objects = new ArrayList<>();
    if (at(path) instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> map) {
          objects.add(new JsonTree(map));
        }
      }
    }
    return objects;
  }

  private @Nullable Object at(String path) {
    Object value = fields;
    for (String name : path.split("\\.", -1)) {
      if (!(value instanceof Map<?, ?> map)) {
        return null;
      }
      value = map.get(name);
    }
    return value;
  }

  private static @Nullable Object value(JsonParser json) throws IOException {
    JsonToken token = json.currentToken();
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          json.nextToken();
          map.put(name, value(json));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(json));
        }
        yield list;
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
      case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
      case VALUE_STRING -> json.getText();
      default -> null;
    };
  }
}
