package dev.tailrace.cli;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes each alarm as a line of the log. Thread-safe. */
final class AlarmLog implements PoolEvents {
  private static final Logger LOG = LoggerFactory.getLogger(AlarmLog.class);

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    LOG.atWarn()
        .addKeyValue("pipeline", pipeline)
        .addKeyValue("source", source)
        .addKeyValue("kind", kind.label())
        .log("alarm {}: {}: {}", kind.label(), source.isEmpty() ? pipeline : source, detail);
  }
}
