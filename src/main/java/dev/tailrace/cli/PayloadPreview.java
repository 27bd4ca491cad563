package dev.tailrace.cli;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Bytes as a terminal may see them: text where they are text, else hex; cut, on one line, and with
 * nothing that moves a cursor. Immutable.
 *
 * @param bytes how many there are; -1 for none at all
 * @param text the beginning, where all that is shown is text
 * @param hex the beginning, where it is not
 */
record PayloadPreview(int bytes, @Nullable String text, @Nullable String hex) {
  /** Bytes that are shown as text. */
  static final int MOST_TEXT = 256;

  /** Bytes that are shown as hex. */
  static final int MOST_HEX = 64;

  private static final String MORE = "…";

  /** Of a key, a body or a header's value. */
  static PayloadPreview of(@Nullable Buffer buffer) {
    if (buffer == null) {
      return new PayloadPreview(-1, null, null);
    }
    int length = buffer.length();
    String text = text(buffer.getBytes(0, Math.min(length, MOST_TEXT)), length > MOST_TEXT);
    if (text != null) {
      return new PayloadPreview(length, text, null);
    }
    String hex = HexFormat.of().formatHex(buffer.getBytes(0, Math.min(length, MOST_HEX)));
    return new PayloadPreview(length, null, length > MOST_HEX ? hex + MORE : hex);
  }

  /** A text of somebody else's on one line. */
  static String line(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                  if (Character.isISOControl(point)) {
                    line.append('?');
                  } else {
                    line.appendCodePoint(point);
                  }
                }
              }
            });
    return line.toString();
  }

  /** {@code 42 bytes: {"id": 3}}. */
  String withLength() {
    return bytes <= 0 ? toString() : Phrases.count(bytes, "byte") + ": " + this;
  }

  JsonObject json() {
    JsonObject json = new JsonObject().put("bytes", Math.max(bytes, 0)).put("null", bytes < 0);
    if (text != null) {
      json.put("text", text);
    }
    if (hex != null) {
      json.put("hex", hex);
    }
    return json;
  }

  /** Null where the bytes, whose last character may be cut in two, are no text. */
  private static @Nullable String text(byte[] bytes, boolean cut) {
    String text = null;
    int most = cut ? Math.min(bytes.length, 3) : 0;
    for (int dropped = 0; dropped <= most && text == null; dropped++) {
      text = decoded(ByteBuffer.wrap(bytes, 0, bytes.length - dropped));
    }
    if (text == null || text.codePoints().anyMatch(PayloadPreview::isControl)) {
      return null;
    }
    return line(text) + (cut ? MORE : "");
  }

  private static boolean isControl(int point) {
    return Character.isISOControl(point) && "\n\r\t".indexOf(point) < 0;
  }

  private static @Nullable String decoded(ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException notText) {
      return null;
    }
  }

  @Override
  public String toString() {
    if (bytes < 0) {
      return "(null)";
    }
    if (bytes == 0) {
      return "(empty)";
    }
    return text != null ? text : "hex:" + hex;
  }
}
