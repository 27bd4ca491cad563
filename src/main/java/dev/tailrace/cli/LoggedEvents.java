package dev.tailrace.cli;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to the log what somebody may have to act on: alarms, dead letters, and messages that were
 * left. Thread-safe.
 */
final class LoggedEvents implements PoolEvents {
  private static final Logger LOG = LoggerFactory.getLogger("dev.tailrace.pool");

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    LOG.atWarn()
        .addKeyValue("pipeline", pipeline)
        .addKeyValue("source", source)
        .addKeyValue("kind", kind.label())
        .log("alarm {}: {}: {}", kind.label(), source.isEmpty() ? pipeline : source, detail);
  }

  @Override
  public void deadLettered(Subject subject, String reason, String destination) {
    LOG.warn(
        "{}: {} dead after {}: {} -> {}",
        subject.pipeline(),
        subject.position(),
        Phrases.count(subject.attempt(), "attempt"),
        reason,
        destination);
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    LOG.warn("{}: {} abandoned: {}", subject.pipeline(), subject.position(), stage);
  }

  @Override
  public void overran(Subject subject) {
    LOG.warn(
        "{}: {} still runs though its partition has gone", subject.pipeline(), subject.position());
  }
}
