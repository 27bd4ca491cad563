package dev.tailrace.fuzz;

import java.nio.charset.StandardCharsets;

/** The bytes of one input, taken from the front; where they end, zeros come. For one thread. */
public final class FuzzBytes {
  private final byte[] bytes;
  private int at;

  /** Takes from {@code bytes}. */
  public FuzzBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Whether there is more. */
  public boolean more() {
    return at < bytes.length;
  }

  /** One byte, from 0 to 255. */
  public int next() {
    return at < bytes.length ? bytes[at++] & 0xff : 0;
  }

  /** Eight bytes. */
  public long nextLong() {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | next();
    }
    return value;
  }

  /** At most as many bytes as the next byte says. */
  public byte[] nextBlock() {
    return take(next());
  }

  /** All that is left. */
  public byte[] rest() {
    return take(bytes.length);
  }

  /** All up to the next zero. */
  public byte[] upToZero() {
    int end = at;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    byte[] part = take(end - at);
    at = Math.min(bytes.length, at + 1);
    return part;
  }

  /** All that is left, byte by byte a character. */
  public String restAsText() {
    return new String(rest(), StandardCharsets.ISO_8859_1);
  }

  private byte[] take(int most) {
    int length = Math.min(most, bytes.length - at);
    byte[] part = new byte[length];
    System.arraycopy(bytes, at, part, 0, length);
    at += length;
    return part;
  }
}
