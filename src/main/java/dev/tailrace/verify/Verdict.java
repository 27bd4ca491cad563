package dev.tailrace.verify;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the checker says of one promise.
 *
 * @param guarantee which promise
 * @param kind the verdict
 * @param detail what it rests on, in one line
 * @param counterExample the first one found where it is broken, else null
 */
public record Verdict(
    Guarantee guarantee, Kind kind, String detail, @Nullable CounterExample counterExample) {

  /** The verdicts there are. */
  public enum Kind {
    /** Exercised, and never broken. */
    HOLDS,
    /** Broken at least once. */
    BROKEN,
    /** The run says nothing about it. */
    NOT_EXERCISED;

    /** As printed: {@code not exercised}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** {@code 1 drain}, {@code 2 drains}, {@code 0 processes}. */
  static String count(long number, String noun) {
    String ending = number == 1 ? "" : noun.endsWith("s") ? "es" : "s";
    return number + " " + noun + ending;
  }

  /**
   * How a promise was broken.
   *
   * @param sentence what is wrong
   * @param story the events that show it, at most {@link #LONGEST_STORY}, each process's in its own
   *     order
   */
  public record CounterExample(String sentence, List<String> story) {
    /** The most events of a story. */
    public static final int LONGEST_STORY = 10;

    /** Copies the story. */
    public CounterExample {
      story = List.copyOf(story);
    }
  }
}
