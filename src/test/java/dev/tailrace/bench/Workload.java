package dev.tailrace.bench;

import java.util.List;
import java.util.Map;

/**
 * One kind of work, and who is measured at it.
 *
 * @param name as options name it, {@code A}
 * @param title as the page shows it
 * @param text what is measured, in words
 * @param shape what its topic is filled with
 * @param settings of all its contenders
 * @param baseline name of the contender to which the ratios are
 * @param contenders in the order of the page
 */
record Workload(
    String name,
    String title,
    String text,
    TopicShape shape,
    Map<String, String> settings,
    String baseline,
    List<ContenderPlan> contenders) {

  /**
   * Where its messages are: {@code kafka}, {@code stream}, or, for made-up ones, {@code store} and
   * {@code cluster}.
   */
  String on() {
    return settings.getOrDefault("on", "kafka");
  }

  /** All that there are, in the order of the page. */
  static List<Workload> all() {
    return Workloads.ALL;
  }

  /** Whether a setting is {@code true}. */
  boolean shows(String setting) {
    return Boolean.parseBoolean(settings.get(setting));
  }
}
