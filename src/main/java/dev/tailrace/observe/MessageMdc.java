package dev.tailrace.observe;

import dev.tailrace.message.Origin;
import org.slf4j.MDC;

/**
 * Puts a message's place into the log context of the current thread, for the lines that are written
 * until it is closed: {@code try (MessageMdc mdc = MessageMdc.of(subject)) { … }}. It does not
 * follow asynchronous steps. Closed by the thread that opened it.
 */
public final class MessageMdc implements AutoCloseable {
  /** The pipeline's name. */
  public static final String PIPELINE = "pipeline";

  /** The partition or stream. */
  public static final String SOURCE = "source";

  /** The position in it. */
  public static final String POSITION = "position";

  /** The attempt, from 1. */
  public static final String ATTEMPT = "attempt";

  private MessageMdc() {}

  /** Sets the context. */
  public static MessageMdc of(Subject subject) {
    Origin origin = subject.message().origin();
    MDC.put(PIPELINE, subject.pipeline());
    MDC.put(SOURCE, origin.source());
    MDC.put(POSITION, origin.position());
    MDC.put(ATTEMPT, Integer.toString(subject.attempt()));
    return new MessageMdc();
  }

  /** Takes it back. */
  @Override
  public void close() {
    MDC.remove(PIPELINE);
    MDC.remove(SOURCE);
    MDC.remove(POSITION);
    MDC.remove(ATTEMPT);
  }
}
