package dev.tailrace.lifecycle;

import dev.tailrace.config.ConfigSection;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long a drain may take and what it does with buffered work: the section {@code drain}.
 *
 * @param deadline covers all phases; more than zero
 * @param strategy what becomes of buffered work
 * @param soft how long buffered work may still start, or null for {@code auto}
 * @param tail the time kept for settling, or null for {@code auto}
 */
public record DrainConfig(
    Duration deadline, Strategy strategy, @Nullable Duration soft, @Nullable Duration tail) {

  /** 25 s, bounded, the rest automatic. */
  public static final DrainConfig DEFAULT =
      new DrainConfig(Duration.ofSeconds(25), Strategy.BOUNDED, null, null);

  /** Refuses a deadline that is not positive, and negative parts. */
  public DrainConfig {
    if (deadline.isZero() || deadline.isNegative()) {
      throw new IllegalArgumentException("drain.deadline must be more than zero, not " + deadline);
    }
    if ((soft != null && soft.isNegative()) || (tail != null && tail.isNegative())) {
      throw new IllegalArgumentException("drain.soft and drain.tail must not be negative");
    }
  }

  /** The default with another deadline. */
  public static DrainConfig within(Duration deadline) {
    return new DrainConfig(deadline, Strategy.BOUNDED, null, null);
  }

  /** Reads the validated section {@code drain}. */
  public static DrainConfig read(ConfigSection drain) {
    return new DrainConfig(
        drain.duration("deadline"),
        drain.choice("strategy", Strategy.class),
        drain.durationOrAuto("soft").orElse(null),
        drain.durationOrAuto("tail").orElse(null));
  }

  /** As this one, with another strategy. */
  public DrainConfig withStrategy(Strategy other) {
    return new DrainConfig(deadline, other, soft, tail);
  }

  /** What becomes of buffered work. */
  public enum Strategy {
    /** It starts until {@code soft}; the rest goes back unstarted. */
    BOUNDED,
    /**
     * It starts as long as it is predicted to end before the tail; the rest goes back unstarted.
     */
    COOPERATIVE,
    /** None starts, and what runs is asked to cancel at once. */
    IMMEDIATE;

    /** As written in the configuration and the report. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
