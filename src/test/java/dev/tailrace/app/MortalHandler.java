package dev.tailrace.app;

import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Under it every message dies, of one of seven reasons, until it is mended; from then on it notes
 * each effect by the id in the message's header.
 */
public final class MortalHandler implements MessageHandler {
  /** What the handlers of one test share with it, by name. */
  static final Map<String, Ward> WARDS = new ConcurrentHashMap<>();

  private @Nullable Ward ward;

  /** What happened, safe on any thread. */
  static final class Ward {
    final AtomicInteger deaths = new AtomicInteger();
    final Map<String, Integer> effects = new ConcurrentHashMap<>();
    volatile boolean mended;
  }

  /** Of an even number one of the reasons 0 to 2, of an odd one 3 to 6. */
  static String reason(int number) {
    int kind = number % 2 == 0 ? number / 2 % 3 : 3 + number / 2 % 4;
    return "reason " + kind;
  }

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    ward = WARDS.get(environment.config().getString("ward"));
    return Future.succeededFuture();
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    Ward known = Objects.requireNonNull(ward, "not started");
    String id = String.valueOf(message.headers().text("idempotency-key"));
    if (known.mended) {
      known.effects.merge(id, 1, Integer::sum);
      return Future.succeededFuture(Outcome.done());
    }
    known.deaths.incrementAndGet();
    int number = Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
    return Future.succeededFuture(
        new Outcome.DeadLetter(
            reason(number),
            number % 2 == 0 ? null : new IllegalStateException("no luck with " + id)));
  }
}
