package dev.tailrace.redis.stream;

import dev.tailrace.config.ConfigSection;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Headers.Header;
import dev.tailrace.message.Origin;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a stream entry are a message's key, body and headers. Immutable.
 *
 * <p>Read: the value field is the body, fields with the prefix are headers, other fields are
 * headers under their own name. An entry without the value field that has other fields than these
 * is given whole as a JSON object, its body; one that has none is a message without a body.
 * Written: the same in reverse, so that what was written is read as it was; only a message without
 * key, body and headers gets an empty value field, since an entry must have a field, and a header
 * without a value gets an empty one.
 *
 * @param key the name of the key's field
 * @param value the name of the body's field
 * @param headers what the names of header fields begin with; not empty
 */
public record FieldMapping(String key, String value, String headers) {
  /** {@code key}, {@code value} and {@code h.}: what the sink writes. */
  public static final FieldMapping DEFAULT = new FieldMapping("key", "value", "h.");

  /** Refuses names that cannot be told apart. */
  public FieldMapping {
    if (key.isEmpty() || value.isEmpty() || headers.isEmpty()) {
      throw new IllegalArgumentException("the names of fields must not be empty");
    }
    if (key.equals(value) || key.startsWith(headers) || value.startsWith(headers)) {
      throw new IllegalArgumentException("key, value and headers must have different names");
    }
  }

  /**
   * Reads the section {@code fields} of a source.
   *
   * @throws IllegalArgumentException for names that cannot be told apart
   */
  public static FieldMapping of(ConfigSection names) {
    return new FieldMapping(names.text("key"), names.text("value"), names.text("headers"));
  }

  /**
   * Reads an entry.
   *
   * @param fields names and values, alternating
   */
  public RedisMessage read(Origin origin, Response fields) {
    Buffer keyBytes = null;
    Buffer body = null;
    List<Header> found = new ArrayList<>();
    List<Header> others = new ArrayList<>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      String name = fields.get(i).toString(StandardCharsets.UTF_8);
      Buffer content = fields.get(i + 1).toBuffer();
      if (name.equals(value)) {
        body = content;
      } else if (name.equals(key)) {
        keyBytes = content;
      } else if (name.startsWith(headers)) {
        found.add(new Header(name.substring(headers.length()), content));
      } else {
        others.add(new Header(name, content));
      }
    }
    if (body == null && !others.isEmpty()) {
      body = json(fields);
    } else {
      found.addAll(others);
    }
    return new RedisMessage(origin, keyBytes, body, Headers.of(found));
  }

  /** What an entry weighs: its names and values. */
  static int bytes(Response fields) {
    long sum = 0;
    for (int i = 0; i < fields.size(); i++) {
      sum += fields.get(i).toBuffer().length();
    }
    return (int) Math.min(Math.max(sum, 1), Integer.MAX_VALUE);
  }

  /** Adds a message's fields to a request. */
  public void write(Request request, OutgoingMessage message) {
    write(message, (name, content) -> request.arg(name).arg(content));
  }

  /** Gives names and values of a message's fields, in order. */
  public void write(OutgoingMessage message, BiConsumer<String, Buffer> fields) {
    boolean empty = true;
    Buffer keyBytes = message.key();
    if (keyBytes != null) {
      fields.accept(key, keyBytes);
      empty = false;
    }
    for (Header header : message.headers()) {
      Buffer content = header.value();
      fields.accept(headers + header.name(), content == null ? Buffer.buffer() : content);
      empty = false;
    }
    Buffer body = message.body();
    if (body != null || empty) {
      fields.accept(value, body == null ? Buffer.buffer() : body);
    }
  }

  private static Buffer json(Response fields) {
    JsonObject whole = new JsonObject();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      Buffer content = fields.get(i + 1).toBuffer();
      String text = text(content);
      String name = fields.get(i).toString(StandardCharsets.UTF_8);
      whole.put(name, text != null ? text : new JsonObject().put("base64", content.getBytes()));
    }
    return whole.toBuffer();
  }

  /** The bytes as text, or null where they are none. */
  private static @Nullable String text(Buffer bytes) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes()))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
