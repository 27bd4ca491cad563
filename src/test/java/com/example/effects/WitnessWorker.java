package com.example.effects;

import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A blocking handler whose effects are written down by a {@link Witness}. */
public final class WitnessWorker implements BlockingHandler {
  private @Nullable Witness witness;

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    try {
      witness = new Witness(environment.pipeline(), environment.config());
      return Future.succeededFuture();
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
  }

  @Override
  public Outcome handle(Message message, MessageContext context) throws Exception {
    Witness sees = Objects.requireNonNull(witness);
    TimeUnit.MILLISECONDS.sleep(sees.millis(message, context));
    return sees.effect(message, context);
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
