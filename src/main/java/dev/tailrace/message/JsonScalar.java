package dev.tailrace.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.pointer.JsonPointer;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Reads one scalar out of a JSON payload by its JSON pointer (RFC 6901), as text. Immutable.
 *
 * <p>Strings, whole numbers and booleans count; anything else is as if it were not there, since a
 * fraction has no one spelling.
 */
public final class JsonScalar implements Decoder<Optional<String>> {
  private final JsonPointer pointer;

  private JsonScalar(JsonPointer pointer) {
    this.pointer = pointer;
  }

  /**
   * The scalar at a pointer.
   *
   * @param pointer as in {@code /order/id}
   * @throws IllegalArgumentException where it is not a pointer below the root
   */
  public static JsonScalar at(String pointer) {
    if (!pointer.startsWith("/") || pointer.matches(".*~(?![01]).*")) {
      throw new IllegalArgumentException(
          "not a JSON pointer: \"" + pointer + "\"; allowed: /name/name, with ~1 for / in a name");
    }
    return new JsonScalar(JsonPointer.from(pointer));
  }

  @Override
  public Optional<String> decode(Buffer body, Headers headers) {
    Object value = pointer.queryJson(Json.decodeValue(body));
    boolean scalar =
        value instanceof String
            || value instanceof Boolean
            || value instanceof Integer
            || value instanceof Long
            || value instanceof BigInteger;
    return scalar ? Optional.of(value.toString()) : Optional.empty();
  }
}
