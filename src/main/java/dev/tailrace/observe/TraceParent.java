package dev.tailrace.observe;

import dev.tailrace.message.Headers;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header {@code traceparent} of W3C Trace Context, Level 1: {@code
 * 00-<trace-id>-<parent-id>-<flags>}, all of it in lower-case hex. A later version may be longer.
 */
public final class TraceParent {
  private static final String NAME = "traceparent";
  private static final int LENGTH = 55;
  private static final int TRACE_AT = 3;
  private static final int PARENT_AT = 36;
  private static final int FLAGS_AT = 53;

  private TraceParent() {}

  /** The trace that the message belongs to; null where it says none, or none that is valid. */
  public static @Nullable String traceId(Headers headers) {
    Buffer value = headers.size() == 0 ? null : headers.get(NAME);
    if (value == null || value.length() < LENGTH) {
      return null;
    }
    String text = value.getString(0, LENGTH, StandardCharsets.ISO_8859_1.name());
    boolean whole =
        (value.length() == LENGTH || (value.getByte(LENGTH) == '-' && !text.startsWith("00")))
            && isHex(text, 0, TRACE_AT - 1)
            && isHex(text, TRACE_AT, PARENT_AT - 1)
            && isHex(text, PARENT_AT, FLAGS_AT - 1)
            && isHex(text, FLAGS_AT, LENGTH)
            && !text.startsWith("ff");
    String traceId = text.substring(TRACE_AT, PARENT_AT - 1);
    return whole && !isZero(traceId) && !isZero(text.substring(PARENT_AT, FLAGS_AT - 1))
        ? traceId
        : null;
  }

  /** Hex from one place up to another, before which, save at the beginning, is a dash. */
  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char digit = text.charAt(i);
      if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) {
        return false;
      }
    }
    return from == 0 || text.charAt(from - 1) == '-';
  }

  private static boolean isZero(String digits) {
    return digits.chars().allMatch(digit -> digit == '0');
  }
}
