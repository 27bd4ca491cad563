package dev.tailrace.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The headers that a receiver of OTLP asks for, by {@code OTEL_EXPORTER_OTLP_HEADERS} and the
 * variables of single signals: {@code name=value,name=value}, values percent-encoded. What is no
 * header is left out, and named without its value.
 *
 * @param environment where the variables are
 */
record OtlpHeaders(Map<String, String> environment) {
  private static final Logger LOG = LoggerFactory.getLogger(OtlpHeaders.class);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
  private static final Pattern VALUE = Pattern.compile("[\\x20-\\x7e\\x80-\\xff\\t]*");

  /**
   * Those of one signal; its own variable goes before the one of all.
   *
   * @param signal logs, metrics or traces
   */
  Map<String, String> of(String signal) {
    String own = "OTEL_EXPORTER_OTLP_" + signal.toUpperCase(Locale.ROOT) + "_HEADERS";
    String variable =
        environment.getOrDefault(own, "").isBlank() ? "OTEL_EXPORTER_OTLP_HEADERS" : own;
    Map<String, String> headers = new LinkedHashMap<>();
    for (String entry : environment.getOrDefault(variable, "").split(",", -1)) {
      int equals = entry.indexOf('=');
      String name = equals < 0 ? entry.strip() : entry.substring(0, equals).strip();
      String value = equals < 0 ? "" : decoded(entry.substring(equals + 1).strip());
      if (equals > 0 && NAME.matcher(name).matches() && VALUE.matcher(value).matches()) {
        headers.put(name, value);
      } else if (!entry.isBlank()) {
        LOG.warn("{}: what is at '{}' is no header, and left out", variable, name);
      }
    }
    return headers;
  }

  /** A plus is a plus; what is no encoding, or not of UTF-8, stays as it is. */
  private static String decoded(String value) {
    ByteBuffer bytes = ByteBuffer.allocate(value.length() * 4);
    for (int i = 0; i < value.length(); ) {
      int high = i + 2 < value.length() ? Character.digit(value.charAt(i + 1), 16) : -1;
      int low = i + 2 < value.length() ? Character.digit(value.charAt(i + 2), 16) : -1;
      if (value.charAt(i) == '%' && high >= 0 && low >= 0) {
        bytes.put((byte) (high << 4 | low));
        i += 3;
      } else {
        int end = value.offsetByCodePoints(i, 1);
        bytes.put(value.substring(i, end).getBytes(StandardCharsets.UTF_8));
        i = end;
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException broken) {
      return value;
    }
  }

  /** No more: they are secrets. */
  @Override
  public String toString() {
    return "OtlpHeaders";
  }
}
