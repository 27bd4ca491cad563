package dev.tailrace.cli;

import java.security.SecureRandom;

/** Names that nobody else has: for topics and folders of one run. */
final class RandomName {
  private static final int LENGTH = 4;
  private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomName() {}

  /** {@code tailrace-demo-x7k2}; no letter in it is taken for another. */
  static String of(String prefix) {
    StringBuilder name = new StringBuilder(prefix);
    RANDOM.ints(LENGTH, 0, LETTERS.length()).forEach(letter -> name.append(LETTERS.charAt(letter)));
    return name.toString();
  }
}
