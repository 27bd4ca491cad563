package dev.tailrace.processing;

import dev.tailrace.observe.LoggedMessage;
import dev.tailrace.observe.Subject;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Names the message in the log lines that its handler writes: {@code pipeline}, {@code source} and
 * {@code position}, and the {@code traceId} of its {@code traceparent} where it has one, for the
 * time of the synchronous call on its thread. A logging context that asks for the names finds them
 * when it does.
 */
final class MessageMdc {
  private static final List<String> NAMES = List.of("pipeline", "source", "position", "traceId");

  static {
    MDC.get(NAMES.get(0)); // logging begins with a look into its context, if it has not yet
  }

  private MessageMdc() {}

  /** Gives what {@link #clear} takes, so that it is not looked up twice; null where it is put. */
  static @Nullable LoggedMessage put(Subject subject) {
    Supplier<LoggedMessage> context = LoggedMessage.context();
    if (context == null) {
      LoggedMessage.names(subject).forEach(MDC::put);
      return null;
    }
    LoggedMessage shown = context.get();
    shown.is(subject);
    return shown;
  }

  static void clear(@Nullable LoggedMessage shown) {
    if (shown == null) {
      NAMES.forEach(MDC::remove);
    } else {
      shown.is(null);
    }
  }
}
