package dev.tailrace.app;

import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Writes down elsewhere that a pool drains: an audit, a last word to telemetry, a note to people.
 * What a witness fails at, or does not end in time, is among the report's errors, and never makes a
 * drain incomplete; nor does what it says that it could not write out. Called on the pool's control
 * loop, where it must not block; what it throws is a failure, too.
 */
public interface DrainWitness {
  /**
   * The drain has begun, and intake goes on until this has completed or its time is over: half of
   * what the phase {@code unready} has, at most.
   */
  default Future<Void> begun(Trigger trigger) {
    return Future.succeededFuture();
  }

  /**
   * All messages are settled and connections closed: the phase {@code flush-telemetry}.
   *
   * @param soFar the report, without the last two phases
   * @param budget what this may take
   */
  default Future<Void> ending(DrainReport soFar, Duration budget) {
    return Future.succeededFuture();
  }

  /**
   * What it has written out, as far as is known by now: asked when {@link #ending} has ended or its
   * time is over, also where it has failed.
   */
  default List<DrainReport.FlushLine> flushes() {
    return List.of();
  }
}
