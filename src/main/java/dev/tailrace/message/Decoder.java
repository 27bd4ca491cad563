package dev.tailrace.message;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns the bytes of a message into a value. Stateless implementations are safe on any thread.
 *
 * @param <T> what the bytes are read as
 */
@FunctionalInterface
public interface Decoder<T> {
  /** Reads {@code body}; any exception makes the message a dead letter without a retry. */
  T decode(Buffer body, Headers headers) throws Exception;

  /** Strict UTF-8: malformed bytes are refused rather than replaced. */
  static Decoder<String> text() {
    return (body, headers) ->
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(body.getBytes()))
            .toString();
  }

  /** A JSON object. */
  static Decoder<JsonObject> json() {
    return (body, headers) -> new JsonObject(body);
  }

  /** A JSON value bound to {@code type} by Jackson Databind, which must be on the class path. */
  static <T> Decoder<T> json(Class<T> type) {
    return (body, headers) -> Json.decodeValue(body, type);
  }
}
