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
    /** Local health checks failed several times in a row; see {@code drain.triggers}. */
    HEALTH,
    /** The heap was too full after a collection. */
    HEAP,
    /** The process has run as long as it may. */
    MAX_UPTIME,
    /** It has finished as many messages as it was asked to. */
    MAX_MESSAGES,
    /** An order to its fleet: {@code fleet drain}. */
    FLEET,
    /** An order to its fleet, to be started afresh: {@code fleet roll}. */
    FLEET_REPLACE,
    /** All was read that was there at the start: {@code until: end}. */
    SOURCE_END,
    /** An error that nobody caught ended a turn of an event loop. */
    LOOP_ERROR,
    /** A reload failed, and so did the way back. */
    RELOAD_FAILED,
    /** The process could not start. */
    START_FAILED,
    /** The time given by {@code --for} is over. */
    FINISHED;

    /** As written in the report and the event log. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the process asks for its own end so that a supervisor starts it afresh. */
    public boolean wantsRestart() {
      return switch (this) {
        case STUCK, HEALTH, HEAP, MAX_UPTIME, LOOP_ERROR, RELOAD_FAILED, FLEET_REPLACE -> true;
        case SIGTERM,
            SIGINT,
            HTTP,
            CLOSE,
            UNDEPLOY,
            MAX_MESSAGES,
            SOURCE_END,
            FLEET,
            START_FAILED,
            FINISHED ->
            false;
      };
    }
  }
}
