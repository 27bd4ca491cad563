package dev.tailrace.redis.store;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;

/**
 * Where a store keeps what. Immutable.
 *
 * @param namespace before all keys
 */
record StoreKeys(String namespace) {
  /** How long a record stays that is claimed or was given back. */
  static final Duration UNFINISHED_RETENTION = Duration.ofDays(7);

  /** The record of an idempotency key. */
  String record(String key) {
    return namespace + ":idempotency:" + key;
  }

  /** What nobody removes, beside the records. */
  String canary() {
    return namespace + ":idempotency-canary";
  }

  /** Which life of which server the records are in. */
  String life() {
    return namespace + ":idempotency-life";
  }

  /** Half as long as its hex, which matters over millions of records. */
  static byte[] digest(String hex) {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      return hex.getBytes(StandardCharsets.UTF_8); // any text tells payloads apart
    }
  }
}
