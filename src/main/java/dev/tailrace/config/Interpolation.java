package dev.tailrace.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces references to the environment and to files in scalars, and nothing in what they bring.
 * The forms are those of {@link #FORMS}. What comes from a file is a secret.
 */
final class Interpolation {

  /** A secret longer than this is a mistake in the path. */
  static final int MAX_FILE_BYTES = 64 * 1024;

  private static final String FORMS =
      "allowed: ${env:NAME}, ${env:NAME:-default}, ${file:/path}, and $${ for a literal ${";

  private final Map<String, String> environment;

  private final boolean off;

  Interpolation(Map<String, String> environment) {
    this(environment, false);
  }

  private Interpolation(Map<String, String> environment, boolean off) {
    this.environment = Map.copyOf(environment);
    this.off = off;
  }

  /** One that replaces nothing, for files that are not ours. */
  static Interpolation none() {
    return new Interpolation(Map.of(), true);
  }

  /**
   * What a text became.
   *
   * @param text the value
   * @param shown the value with its secrets masked
   * @param changed whether anything was replaced
   */
  record Result(String text, String shown, boolean changed) {}

  /** A reference that cannot be followed. */
  static final class Unresolved extends Exception {
    private static final long serialVersionUID = 1L;
    private final String allowed;

    Unresolved(String problem, String allowed) {
      super(problem);
      this.allowed = allowed;
    }

    String problem() {
      return String.valueOf(getMessage());
    }

    String allowed() {
      return allowed;
    }
  }

  Result resolve(String raw) throws Unresolved {
    int at = raw.indexOf("${");
    if (at < 0 || off) {
      return new Result(raw, raw, false);
    }
    var text = new StringBuilder();
    var shown = new StringBuilder();
    int from = 0;
    for (; at >= 0; at = raw.indexOf("${", from)) {
      boolean literal = at > from && raw.charAt(at - 1) == '$';
      append(raw.substring(from, literal ? at - 1 : at), text, shown);
      if (literal) {
        append("${", text, shown);
        from = at + 2;
        continue;
      }
      int end = raw.indexOf('}', at);
      if (end < 0) {
        throw new Unresolved("a ${ has no closing }", FORMS);
      }
      reference(raw.substring(at + 2, end), text, shown);
      from = end + 1;
    }
    append(raw.substring(from), text, shown);
    return new Result(text.toString(), shown.toString(), true);
  }

  private static void append(String part, StringBuilder text, StringBuilder shown) {
    text.append(part);
    shown.append(part);
  }

  private void reference(String reference, StringBuilder text, StringBuilder shown)
      throws Unresolved {
    if (reference.startsWith("env:")) {
      append(variable(reference.substring(4)), text, shown);
    } else if (reference.startsWith("file:")) {
      text.append(file(reference.substring(5)));
      shown.append(Secrets.MASK);
    } else {
      throw new Unresolved("unknown reference ${" + reference + "}", FORMS);
    }
  }

  private String variable(String reference) throws Unresolved {
    int at = reference.indexOf(":-");
    String name = at < 0 ? reference : reference.substring(0, at);
    @Nullable String value = environment.get(name);
    if (at >= 0 && (value == null || value.isEmpty())) {
      return reference.substring(at + 2);
    }
    if (value == null) {
      throw new Unresolved(
          "the environment variable " + name + " is not set",
          "allowed: a variable that is set, or a default: ${env:" + name + ":-default}");
    }
    return value;
  }

  private static String file(String name) throws Unresolved {
    try (InputStream stream = Files.newInputStream(Path.of(name))) {
      byte[] bytes = stream.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw new Unresolved("the file " + name + " is too long", "allowed: at most 64KiB");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return withoutLineEnd(text);
    } catch (CharacterCodingException e) {
      throw new Unresolved("the file " + name + " is not text", "allowed: UTF-8 text");
    } catch (IOException | InvalidPathException e) {
      throw new Unresolved(
          "the file " + name + " cannot be read (" + Reasons.of(e) + ")",
          "allowed: a readable file");
    }
  }

  private static String withoutLineEnd(String text) {
    String cut = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return cut.endsWith("\r") ? cut.substring(0, cut.length() - 1) : cut;
  }
}
