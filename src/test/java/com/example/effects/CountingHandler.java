package com.example.effects;

import dev.tailrace.message.Effects;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;

/**
 * A handler as users write one, packed into a plug-in jar: it leaves its one effect to the store,
 * which counts each message in a hash.
 */
public final class CountingHandler implements MessageHandler {
  private String hash = ""; // set once, before any message

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    hash = environment.config().getString("hash");
    return Future.succeededFuture();
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    Effects counted = Effects.of("HINCRBY", hash, message.origin().toString(), 1);
    return Future.succeededFuture(Outcome.done(counted));
  }
}
