package dev.tailrace.processing;

import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.CallScope;
import dev.tailrace.observe.LoggedMessage;
import dev.tailrace.runtime.Loop;
import io.vertx.core.Future;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The call of a user's handler: what it throws, or fails to return, is a failed future. */
final class HandlerCall {
  private static final Map<Outcome.Kind, String> LABELS = labels();

  private HandlerCall() {}

  private static Map<Outcome.Kind, String> labels() {
    Map<Outcome.Kind, String> labels = new EnumMap<>(Outcome.Kind.class);
    for (Outcome.Kind kind : Outcome.Kind.values()) {
      labels.put(kind, kind.name().toLowerCase(Locale.ROOT));
    }
    return labels;
  }

  /** On the event loop. */
  static Future<Outcome> invoke(Crew crew, WorkItem item, MessageContext context) {
    MessageHandler handler = (MessageHandler) crew.handler();
    CallScope scope = crew.events().calls();
    return scope == null
        ? invoke(handler, item, context)
        : scope.within(item, crew.loop(), () -> invoke(handler, item, context));
  }

  /** Once per message, so without an object for the call. */
  private static Future<Outcome> invoke(
      MessageHandler handler, WorkItem item, MessageContext context) {
    LoggedMessage shown = MessageMdc.put(item);
    try {
      return given(handler.handle(item.message(), context));
    } catch (Exception
        | LinkageError
        | AssertionError
        | StackOverflowError
        | OutOfMemoryError thrown) {
      return Future.failedFuture(thrown);
    } finally {
      MessageMdc.clear(shown);
    }
  }

  /** On the event loop; it runs in the scope of a message only where there is but one. */
  static Future<List<Outcome>> invoke(Crew crew, List<Flight> batch) {
    BatchHandler handler = (BatchHandler) crew.handler();
    CallScope scope = crew.events().calls();
    return scope == null || batch.size() > 1
        ? invoke(handler, batch)
        : scope.within(batch.get(0).item(), crew.loop(), () -> invoke(handler, batch));
  }

  /** Its log lines name a message only where there is but one. */
  private static Future<List<Outcome>> invoke(BatchHandler handler, List<Flight> batch) {
    LoggedMessage shown = batch.size() == 1 ? MessageMdc.put(batch.get(0).item()) : null;
    try {
      return given(handler.handle(List.copyOf(batch)));
    } catch (Exception
        | LinkageError
        | AssertionError
        | StackOverflowError
        | OutOfMemoryError thrown) {
      return Future.failedFuture(thrown);
    } finally {
      if (batch.size() == 1) {
        MessageMdc.clear(shown);
      }
    }
  }

  private static <T> Future<T> given(@Nullable Future<T> outcome) {
    return outcome == null ? nothing("a null future") : outcome;
  }

  /** What is not a message's alone: whoever runs this process has to hear of it, and to end it. */
  static void passOn(@Nullable Throwable failure, Loop loop) {
    if (failure instanceof OutOfMemoryError exhausted) {
      loop.execute(
          () -> {
            throw exhausted;
          });
    }
  }

  /** The call for a worker. */
  static Callable<Outcome> blocking(Crew crew, WorkItem item, MessageContext context) {
    BlockingHandler handler = (BlockingHandler) crew.handler();
    CallScope scope = crew.events().calls();
    Callable<Outcome> call = () -> block(handler, item, context);
    return scope == null ? call : scope.around(item, call);
  }

  private static Outcome block(BlockingHandler handler, WorkItem item, MessageContext context)
      throws Exception {
    LoggedMessage shown = MessageMdc.put(item);
    try {
      return handler.handle(item.message(), context);
    } finally {
      MessageMdc.clear(shown);
    }
  }

  static <T> Future<T> nothing(String what) {
    return Future.failedFuture(new NullPointerException("the handler returned " + what));
  }

  /** How a call ended, for those who read events. */
  static String label(Future<Outcome> ended) {
    String label = ended.succeeded() ? LABELS.get(ended.result().kind()) : null;
    return label == null ? "error" : label;
  }
}
