package dev.tailrace.processing;

import dev.tailrace.message.CancelReason;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What a flight has been told from outside by some moment, or was found to be; most are never told
 * anything. Immutable.
 *
 * @param cutoff when its handler has to have ended at the latest, by the loop's clock
 * @param drains whether the pool drains
 * @param stays whether it must not start any more
 * @param left whether the drain goes on without it
 * @param stuck whether its handler was found to run past its time-out and the grace after it
 * @param speaksFor how many messages of its call its alarms are about: 0 where another one of its
 *     batch speaks for it
 * @param cancelled why its handler is to end early; null where it is not
 */
record Told(
    OptionalLong cutoff,
    boolean drains,
    boolean stays,
    boolean left,
    boolean stuck,
    int speaksFor,
    @Nullable CancelReason cancelled) {
  static final Told NOTHING = new Told(OptionalLong.empty(), false, false, false, false, 1, null);
  private static final Told SILENT = NOTHING.with(0);

  Told limited(long earliest, boolean poolDrains) {
    boolean earlier = cutoff.isEmpty() || earliest - cutoff.getAsLong() < 0;
    OptionalLong both = earlier ? OptionalLong.of(earliest) : cutoff;
    return new Told(both, drains || poolDrains, stays, left, stuck, speaksFor, cancelled);
  }

  /** Nanoseconds before the cut-off, of those that are left without it. */
  long cut(long left, long now) {
    return cutoff.isEmpty() ? left : Math.min(left, cutoff.getAsLong() - now);
  }

  Told withoutStart() {
    return new Told(cutoff, drains, true, left, stuck, speaksFor, cancelled);
  }

  Told withoutIt() {
    return new Told(cutoff, drains, stays, true, stuck, speaksFor, cancelled);
  }

  Told cancelled(CancelReason reason) {
    return new Told(cutoff, drains, stays, left, stuck, speaksFor, reason);
  }

  Told speakingFor(int messages) {
    if (messages == speaksFor) {
      return this;
    }
    return messages == 0 && equals(NOTHING) ? SILENT : with(messages);
  }

  private Told with(int messages) {
    return new Told(cutoff, drains, stays, left, stuck, messages, cancelled);
  }

  Told foundStuck() {
    return new Told(cutoff, drains, stays, left, true, speaksFor, cancelled);
  }
}
