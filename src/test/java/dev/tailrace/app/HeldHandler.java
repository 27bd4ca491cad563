package dev.tailrace.app;

import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;

/** A handler whose calls end when the test says so; thread-safe. */
final class HeldHandler implements MessageHandler {
  private final Map<String, Promise<Outcome>> running = new ConcurrentSkipListMap<>();
  private final List<String> started = Collections.synchronizedList(new ArrayList<>());
  private final ConcurrentLinkedQueue<CancelReason> cancelled = new ConcurrentLinkedQueue<>();
  private volatile boolean open;

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    started.add(message.toString());
    if (open) {
      return Future.succeededFuture(Outcome.done());
    }
    Promise<Outcome> promise = Promise.promise();
    running.put(message.toString(), promise);
    context.cancellation().onSuccess(cancelled::add);
    return promise.future();
  }

  /** Lets everything end, and what comes later at once. */
  void release() {
    open = true;
    running.values().forEach(promise -> promise.tryComplete(Outcome.done()));
  }

  /** Calls so far. */
  int started() {
    return started.size();
  }

  /** The messages of all calls so far. */
  List<String> messages() {
    synchronized (started) {
      return List.copyOf(started);
    }
  }

  /** Requests to cancel so far. */
  List<CancelReason> cancelled() {
    return List.copyOf(cancelled);
  }
}
