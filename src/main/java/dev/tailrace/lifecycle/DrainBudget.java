package dev.tailrace.lifecycle;

import java.time.Duration;

/**
 * When each part of a drain has to be over, as offsets from its trigger: a pure function of the
 * settings. A phase that ends early leaves its time to those after it, since each has an end rather
 * than a length.
 *
 * <pre>
 *   0 ── unready ── stop-intake ── drain ──────────── cut ─ abandon ─ settle ─ close-… ── deadline
 *                                  buffered work      │    └─ 500 ms ┘  50 %  20 % 10 % 10 % 10 %
 *                                  starts until soft  └── running work is asked to cancel
 *   └─────────────────────── deadline − tail ────────┘└──────────────── tail ────────────────────┘
 * </pre>
 *
 * @param startUntil until then buffered work may start; at most {@code cancelAt}
 * @param asLongAsItFits whether it stops starting earlier, when it is predicted not to end in time
 * @param cancelAt from then on what runs is asked to cancel
 * @param deadline the end of everything
 * @param tail what was kept for settling
 */
public record DrainBudget(
    Duration startUntil,
    boolean asLongAsItFits,
    Duration cancelAt,
    Duration deadline,
    Duration tail) {

  /** The least that {@code tail: auto} keeps. */
  static final Duration LEAST_TAIL = Duration.ofSeconds(3);

  /** The most that lies between asking a handler to cancel and leaving it. */
  static final Duration MOST_GRACE = Duration.ofMillis(500);

  private static final Duration MOST_UNREADY = Duration.ofSeconds(1);
  private static final Duration MOST_STOP_INTAKE = Duration.ofSeconds(4);

  /**
   * The budget of a drain.
   *
   * @param longestTimeout of one handler call, over all pipelines; at least zero
   */
  public static DrainBudget of(DrainConfig config, Duration longestTimeout) {
    Duration deadline = config.deadline();
    Duration wanted =
        config.tail() == null ? max(LEAST_TAIL, percent(deadline, 20)) : config.tail();
    Duration tail = min(wanted, deadline.dividedBy(2));
    Duration cut = deadline.minus(tail);
    if (config.strategy() == DrainConfig.Strategy.IMMEDIATE) {
      return new DrainBudget(Duration.ZERO, false, Duration.ZERO, deadline, tail);
    }
    if (config.strategy() == DrainConfig.Strategy.COOPERATIVE) {
      return new DrainBudget(cut, true, cut, deadline, tail);
    }
    Duration soft =
        config.soft() == null
            ? max(percent(deadline, 20), cut.minus(longestTimeout))
            : config.soft();
    return new DrainBudget(min(soft, cut), false, cut, deadline, tail);
  }

  /**
   * The budget after a drain was forced, {@code elapsed} after its trigger: nothing starts, what
   * runs is asked to cancel now, and a tail is left to settle. Never later than this budget.
   */
  public DrainBudget forced(Duration elapsed) {
    Duration end = min(deadline, elapsed.plus(tail));
    return new DrainBudget(min(startUntil, elapsed), false, min(cancelAt, elapsed), end, tail);
  }

  /** Between asking a handler to cancel and leaving it; short tails cannot afford all of 500 ms. */
  public Duration grace() {
    return min(MOST_GRACE, Duration.ofNanos(tail.toNanos() / 6));
  }

  /** When {@code phase} has to be over; not decreasing from phase to phase. */
  public Duration end(Phase phase) {
    Duration unready = min(MOST_UNREADY, percent(deadline, 5));
    Duration stopped = unready.plus(min(MOST_STOP_INTAKE, percent(deadline, 15)));
    Duration drained = max(cancelAt, stopped);
    // A little more than the grace: what is left is named at its end, and that takes a turn.
    Duration abandoned = min(deadline, drained.plus(percent(grace(), 150)));
    Duration rest = deadline.minus(abandoned);
    return switch (phase) {
      case UNREADY -> unready;
      case STOP_INTAKE -> stopped;
      case DRAIN -> drained;
      case ABANDON -> abandoned;
      case SETTLE -> abandoned.plus(percent(rest, 50));
      case CLOSE_SOURCES -> abandoned.plus(percent(rest, 70));
      case CLOSE_STORES -> abandoned.plus(percent(rest, 80));
      case FLUSH_TELEMETRY -> abandoned.plus(percent(rest, 90));
      case CLOSE_RUNTIME -> deadline;
    };
  }

  private static Duration percent(Duration whole, int percent) {
    long nanos = whole.toNanos();
    return Duration.ofNanos(nanos / 100 * percent + nanos % 100 * percent / 100);
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
