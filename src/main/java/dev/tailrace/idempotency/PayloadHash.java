package dev.tailrace.idempotency;

import io.vertx.core.buffer.Buffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Tells payloads apart that come under one key: SHA-256 in hex, as {@code sha256sum} prints it. */
public final class PayloadHash {
  /** The hash of no payload at all, a tombstone; an empty payload has a hash like any other. */
  public static final String NO_BODY = "0".repeat(64);

  /** Asked of the providers once: that takes as long as the hash of a small payload. */
  private static final MessageDigest UNUSED = digest();

  private PayloadHash() {}

  /** The hash of a payload, 64 characters. */
  public static String of(@Nullable Buffer body) {
    return body == null ? NO_BODY : HexFormat.of().formatHex(sha256(body.getBytes()));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return ((MessageDigest) UNUSED.clone()).digest(bytes);
    } catch (CloneNotSupportedException other) { // as some providers' do not
      return digest().digest(bytes);
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JVM has SHA-256", missing);
    }
  }
}
