package dev.tailrace.app;

import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Effects outside of the pool: how often each message was done, by its origin. Thread-safe. */
final class EffectLog implements MessageHandler {
  private final Duration work;
  private final Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();

  /** With this much time from the call to the effect. */
  EffectLog(Duration work) {
    this.work = work;
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    return Vertx.currentContext()
        .owner()
        .timer(work.toMillis(), TimeUnit.MILLISECONDS)
        .map(
            done -> {
              String origin = message.origin().toString();
              effects.computeIfAbsent(origin, any -> new AtomicInteger()).incrementAndGet();
              return Outcome.done();
            });
  }

  /** Different messages done. */
  int size() {
    return effects.size();
  }

  /** Origins whose effect was made more than once. */
  List<String> repeated() {
    return effects.entrySet().stream()
        .filter(effect -> effect.getValue().get() > 1)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** How many different messages of a source were done. */
  long of(String source) {
    return effects.keySet().stream().filter(origin -> origin.startsWith(source + "@")).count();
  }
}
