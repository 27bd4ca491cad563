package dev.tailrace.lifecycle;

import java.util.Locale;

/**
 * Why a drain began.
 *
 * @param kind what triggered it
 * @param reason in words, for the report
 */
public record Trigger(Kind kind, String reason) {
  /** What can trigger a drain. */
  public enum Kind {
    /** SIGTERM. */
    SIGTERM,
    /** SIGINT, as by Ctrl-C. */
    SIGINT,
    /** {@code POST /drain} or {@code tailrace drain}. */
    HTTP,
    /** {@code Tailrace.close()} in an embedding application. */
    CLOSE,
    /** A {@code ConsumerVerticle} was undeployed. */
    UNDEPLOY,
    /** A handler is stuck and {@code on-stuck: exit} says so. */
    STUCK,
    /** The process could not start. */
    START_FAILED,
    /** The time given by {@code --for} is over. */
    FINISHED;

    /** As written in the report and the event log. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
