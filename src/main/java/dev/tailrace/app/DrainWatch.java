package dev.tailrace.app;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Looks again and again whether a drain would still end all that is here before its tail, and
 * raises an alarm when it would not any more; once, until it would again. Control loop only.
 */
final class DrainWatch {
  /** The time between two looks. */
  static final Duration LOOK = Duration.ofSeconds(5);

  private final Loop loop;
  private final Supplier<Duration> limit;
  private final PoolEvents events;
  private boolean fitted = true; // control loop only

  /**
   * Looks at nothing before {@link #run}.
   *
   * @param limit how long a drain has for its work
   */
  DrainWatch(Loop loop, Supplier<Duration> limit, PoolEvents events) {
    this.loop = loop;
    this.limit = limit;
    this.events = events;
  }

  /**
   * Looks now and then.
   *
   * @param forecast asks all consumers; never fails
   * @param goOn false ends it
   */
  void run(Supplier<Future<DrainForecast>> forecast, BooleanSupplier goOn) {
    assert loop.inLoop();
    if (!goOn.getAsBoolean()) {
      return;
    }
    forecast
        .get()
        .onSuccess(
            seen -> {
              look(seen);
              loop.after(LOOK, () -> run(forecast, goOn));
            });
  }

  private void look(DrainForecast forecast) {
    if (forecast.duration().isEmpty()) {
      return;
    }
    Duration most = limit.get();
    boolean fits = forecast.fits(most);
    if (fitted && !fits) {
      events.alarm(
          forecast.slowest(),
          "",
          Alarm.DRAIN_TOO_LONG,
          "a drain would take %d ms by now, and has %d ms for its work"
              .formatted(forecast.millis(), most.toMillis()));
    }
    fitted = fits;
  }
}
