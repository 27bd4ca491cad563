package com.example.effects;

import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes all memory there is at the first message, and keeps it. */
public final class HungryHandler implements MessageHandler {
  private final List<byte[]> kept = new ArrayList<>();
  private @Nullable Vertx vertx;

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    vertx = environment.vertx();
    return Future.succeededFuture();
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    return Objects.requireNonNull(vertx).timer(1, TimeUnit.MILLISECONDS).map(slept -> eat());
  }

  private Outcome eat() {
    while (true) {
      kept.add(new byte[1 << 20]);
    }
  }
}
