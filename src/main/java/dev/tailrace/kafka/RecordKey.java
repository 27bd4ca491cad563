package dev.tailrace.kafka;

import java.util.Arrays;

/** The bytes of a record's key, compared where they lie: a buffer would be a copy of them. */
final class RecordKey {
  private final byte[] bytes;

  RecordKey(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RecordKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Its length only, since keys may be nobody's business. */
  @Override
  public String toString() {
    return "a key of " + bytes.length + " bytes";
  }
}
