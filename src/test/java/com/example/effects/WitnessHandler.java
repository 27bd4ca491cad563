package com.example.effects;

import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An asynchronous handler whose effects are written down by a {@link Witness}. */
public final class WitnessHandler implements MessageHandler {
  private @Nullable Vertx vertx;
  private @Nullable Witness witness;

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    vertx = environment.vertx();
    try {
      witness = new Witness(environment.pipeline(), environment.config());
      return Future.succeededFuture();
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    Witness sees = Objects.requireNonNull(witness);
    long millis = sees.millis(message, context);
    return millis == 0
        ? Future.succeededFuture(sees.effect(message, context))
        : Objects.requireNonNull(vertx)
            .timer(millis, TimeUnit.MILLISECONDS)
            .map(slept -> sees.effect(message, context));
  }

  @Override
  public Future<?> stop() {
    try {
      if (witness != null) {
        witness.close();
      }
      return Future.succeededFuture();
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
  }
}
