package dev.tailrace.processing;

import dev.tailrace.message.Message;
import org.slf4j.MDC;

/**
 * Names the message in the log lines that its handler writes: {@code pipeline}, {@code source} and
 * {@code position}, and the {@code traceId} of its {@code traceparent} where it has one, for the
 * time of the synchronous call on its thread.
 */
final class MessageMdc {
  private static final String PIPELINE = "pipeline";
  private static final String SOURCE = "source";
  private static final String POSITION = "position";
  private static final String TRACE = "traceId";

  private MessageMdc() {}

  static void put(String pipeline, Message message) {
    MDC.put(PIPELINE, pipeline);
    MDC.put(SOURCE, message.origin().source());
    MDC.put(POSITION, message.origin().position());
    String trace = TraceParent.traceId(message.headers());
    if (trace != null) {
      MDC.put(TRACE, trace);
    }
  }

  static void clear() {
    MDC.remove(PIPELINE);
    MDC.remove(SOURCE);
    MDC.remove(POSITION);
    MDC.remove(TRACE);
  }
}
