package dev.tailrace.cli;

import dev.tailrace.message.Decoder;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/**
 * The handler of the demo's pipelines: a payment that takes its time at a gateway. Every 50th fails
 * once; a payload that is no JSON fails each time, as a bug would. Named in the demo's
 * configuration as any user's handler is.
 */
public final class DemoHandler implements HandlerFactory {
  private static final int FAILS_EVERY = 50;

  /** Made by name. */
  public DemoHandler() {}

  @Override
  public HandlerShape create(HandlerEnvironment environment) {
    int least = environment.config().getInteger("least-millis", 20);
    int most = environment.config().getInteger("most-millis", 80);
    return new Gateway(environment.vertx(), least, Math.max(most, least));
  }

  /** Answers later, as a server would. */
  private record Gateway(Vertx vertx, int least, int most) implements MessageHandler {
    @Override
    public Future<Outcome> handle(Message message, MessageContext context) {
      long number = number(message);
      if (number < 0) {
        return Future.succeededFuture(Outcome.retry("BadPayload"));
      }
      long millis = least + number * 7 % (most - least + 1);
      boolean fails = number % FAILS_EVERY == FAILS_EVERY / 2 && context.attempt() == 1;
      return vertx
          .timer(Math.max(millis, 1), TimeUnit.MILLISECONDS)
          .map(answered -> fails ? Outcome.retry("gateway answered 503") : Outcome.done());
    }

    private static long number(Message message) {
      try {
        JsonObject payment = message.decode(Decoder.json());
        return payment.getLong("number", 0L);
      } catch (RuntimeException bad) {
        return -1;
      }
    }
  }
}
