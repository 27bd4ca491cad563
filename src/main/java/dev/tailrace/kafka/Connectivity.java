package dev.tailrace.kafka;

import dev.tailrace.observe.Alarm;
import dev.tailrace.source.SourceEnvironment;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the broker answers, since when, and what it last failed with. Event loop only. */
final class Connectivity {
  private static final Logger LOG = LoggerFactory.getLogger(Connectivity.class);

  private final SourceEnvironment environment;
  private final String source;

  private boolean connected; // event loop only
  private boolean announced; // event loop only; the alarm for this outage was raised
  private Instant since; // event loop only
  private @Nullable String error; // event loop only

  Connectivity(SourceEnvironment environment, String source, String error) {
    this.environment = environment;
    this.source = source;
    this.since = environment.loop().wall();
    this.error = error;
  }

  /** The broker answered. */
  void up() {
    if (!connected) {
      connected = true;
      announced = false;
      since = environment.loop().wall();
      error = null;
      LOG.atInfo()
          .addKeyValue("pipeline", environment.pipeline())
          .addKeyValue("source", source)
          .log("broker answers");
    }
  }

  /** The broker did not answer, or refused; it is an alarm once, until it answers again. */
  void down(String why) {
    if (connected) {
      connected = false;
      since = environment.loop().wall();
    }
    error = why;
    if (!announced) {
      announced = true;
      environment.events().alarm(environment.pipeline(), source, Alarm.UNREACHABLE, why);
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
