package dev.tailrace.admin;

import dev.tailrace.message.Decoder;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * Work as it comes: slow in different degrees, with retries, dead letters and drops among it. The
 * first messages never end, until {@link #end}. Thread-safe.
 */
final class MixedHandler implements MessageHandler {
  /** Messages numbered below it never end. */
  static final int ENDLESS = 16;

  private final Queue<Promise<Outcome>> endless = new ConcurrentLinkedQueue<>();

  /** Lets those end that never do. */
  void end() {
    endless.forEach(one -> one.tryComplete(Outcome.done()));
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    String body = message.decode(Decoder.text());
    int number = Integer.parseInt(body.substring(body.indexOf('-') + 1));
    if (number < ENDLESS) {
      Promise<Outcome> never = Promise.promise();
      endless.add(never);
      return never.future();
    }
    Outcome outcome = outcome(number, context.attempt());
    return Vertx.currentContext()
        .owner()
        .timer(5 + number * 7 % 50, TimeUnit.MILLISECONDS)
        .map(done -> outcome);
  }

  private static Outcome outcome(int number, int attempt) {
    if (number % 97 == 5) {
      return Outcome.deadLetter("unreadable");
    }
    if (number % 101 == 3) {
      return Outcome.discard("nobody asked for it");
    }
    return number % 23 == 7 && attempt < 3 ? Outcome.retry("busy") : Outcome.done();
  }
}
