package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.source.SourceEnvironment;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the broker answers and lets us do our work, since when, and what it last failed with.
 * Event loop only.
 */
final class Connectivity {
  private static final Logger LOG = LoggerFactory.getLogger(Connectivity.class);

  /**
   * A broker that refuses one thing answers others. Longer than it takes until what it refuses is
   * asked for again: a heartbeat each three seconds, a commit each two.
   */
  private static final long REFUSAL_NANOS = Duration.ofSeconds(10).toNanos();

  private final SourceEnvironment environment;
  private final String source;

  private boolean connected; // event loop only
  private @Nullable Alarm announced; // event loop only; the alarm raised for this outage
  private long refusedNanos; // event loop only; meaningful while announced is REFUSED
  private Instant since; // event loop only
  private @Nullable String error; // event loop only

  Connectivity(SourceEnvironment environment, String source, String error) {
    this.environment = environment;
    this.source = source;
    this.since = environment.loop().wall();
    this.error = error;
  }

  /** The broker answered. Right after it has refused something, that says little. */
  void up() {
    boolean refused =
        announced == Alarm.REFUSED && environment.loop().nanos() - refusedNanos < REFUSAL_NANOS;
    if (!connected && !refused) {
      connected = true;
      announced = null;
      since = environment.loop().wall();
      error = null;
      LOG.atInfo()
          .addKeyValue("pipeline", environment.pipeline())
          .addKeyValue("source", source)
          .log("broker answers");
    }
  }

  /**
   * The broker did not answer, or refused; it is an alarm once, until it answers again.
   *
   * @param kind {@link Alarm#UNREACHABLE} or {@link Alarm#REFUSED}
   */
  void down(Alarm kind, String why) {
    if (kind == Alarm.REFUSED) {
      refusedNanos = environment.loop().nanos();
    }
    if (connected) {
      connected = false;
      since = environment.loop().wall();
    }
    error = why;
    if (announced != kind) {
      announced = kind;
      environment.events().alarm(environment.pipeline(), source, kind, why);
    }
  }

  boolean connected() {
    return connected;
  }

  Instant since() {
    return since;
  }

  @Nullable String error() {
    return error;
  }
}
