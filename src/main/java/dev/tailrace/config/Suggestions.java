package dev.tailrace.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** Finds the word that was probably meant. */
public final class Suggestions {

  /** Words are compared up to this length only: the cost grows with the product of lengths. */
  private static final int LONGEST = 100;

  private Suggestions() {}

  /** The nearest of the known words, where one is near: a third of its letters may differ. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    String nearest = null;
    int best = Integer.MAX_VALUE;
    for (String candidate : known) {
      int limit = Math.max(1, Math.max(word.length(), candidate.length()) / 3);
      int distance =
          new DamerauLevenshteinDistance(limit)
              .apply(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (distance >= 0 && distance < best) {
        best = distance;
        nearest = candidate;
      }
    }
    return Optional.ofNullable(nearest);
  }

  /** {@code did you mean 'x'?}, or what is allowed where nothing is near. */
  static String phrase(String word, Collection<String> known) {
    return nearest(word, known)
        .map(found -> "did you mean '" + found + "'?")
        .orElse("allowed: " + (known.isEmpty() ? "none" : String.join(", ", known)));
  }
}
