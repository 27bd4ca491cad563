package dev.tailrace.config;

import java.util.OptionalLong;

/** Sizes as the configuration writes them: {@code 512KiB}, {@code 64MiB}, {@code 2GiB}. */
public final class Sizes {

  private Sizes() {}

  /**
   * Reads a whole number with one of the units KiB, MiB, GiB.
   *
   * @return bytes
   * @throws IllegalArgumentException where it is anything else, or beyond a tebibyte; the message
   *     says what is allowed
   */
  public static long parse(String text) {
    OptionalLong bytes = Quantity.SIZE.parse(text);
    if (bytes.isEmpty() || bytes.getAsLong() > Quantity.SIZE.ceiling()) {
      throw new IllegalArgumentException("'" + text + "' is not " + Quantity.SIZE.phrase());
    }
    return bytes.getAsLong();
  }

  /**
   * Prints in the largest unit that keeps it whole; {@link #parse} reads it back.
   *
   * @param bytes a multiple of 1024; what is beyond the last multiple is cut
   */
  public static String print(long bytes) {
    return Quantity.SIZE.print(bytes);
  }
}
