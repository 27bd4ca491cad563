package dev.tailrace.observe;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Names a message key without telling it: the first 64 bits of its SHA-256, in hex. */
public final class KeyHash {
  private static final int BYTES = 8;

  private KeyHash() {}

  /** The hash, or "" for a message without a key. */
  public static String of(@Nullable Buffer key) {
    if (key == null) {
      return "";
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes());
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JVM has SHA-256", missing);
    }
  }
}
