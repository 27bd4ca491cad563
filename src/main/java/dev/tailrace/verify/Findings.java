package dev.tailrace.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the checks found: how often each promise was broken, and where first. */
final class Findings {
  private final Map<Guarantee, Found> broken = new EnumMap<>(Guarantee.class);
  private final Map<Guarantee, Long> counts = new EnumMap<>(Guarantee.class);
  private final Set<Guarantee> exercised = EnumSet.noneOf(Guarantee.class);
  private final Set<String> refusals = new LinkedHashSet<>();

  /**
   * The first counter-example of a promise, its events still to be looked up.
   *
   * @param sentence what is wrong
   * @param plot which events show it
   */
  record Found(String sentence, Plot plot) {}

  /**
   * Which events make a story: all of these messages, and those named.
   *
   * @param pipeline whose messages
   * @param messages as printed
   * @param events single lines
   */
  record Plot(String pipeline, List<String> messages, List<Line> events) {
    static Plot of(String pipeline, String message) {
      return new Plot(pipeline, List.of(message), List.of());
    }
  }

  /**
   * One line of a log.
   *
   * @param incarnation whose
   * @param seq its number
   */
  record Line(String incarnation, long seq) {}

  void broken(Guarantee guarantee, String sentence, Plot plot) {
    counts.merge(guarantee, 1L, Long::sum);
    broken.putIfAbsent(guarantee, new Found(sentence, plot));
  }

  void exercised(Guarantee guarantee) {
    exercised.add(guarantee);
  }

  /** The run proves nothing, for this reason. */
  void refuse(String reason) {
    refusals.add(reason);
  }

  Map<Guarantee, Found> broken() {
    return broken;
  }

  long count(Guarantee guarantee) {
    return counts.getOrDefault(guarantee, 0L);
  }

  boolean isExercised(Guarantee guarantee) {
    return exercised.contains(guarantee);
  }

  List<String> refusals() {
    return new ArrayList<>(refusals);
  }
}
