package com.example.bench;

import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/**
 * A timer for each message, as a plug-in of the fat jar, so in no package of ours; {@code millis}
 * is how long it takes.
 */
public final class TimerHandler implements HandlerFactory {
  /** Made by name. */
  public TimerHandler() {}

  @Override
  public HandlerShape create(HandlerEnvironment environment) {
    Vertx vertx = environment.vertx();
    long millis = environment.config().getLong("millis");
    return (MessageHandler)
        (message, context) ->
            vertx.timer(millis, TimeUnit.MILLISECONDS).map(fired -> Outcome.done());
  }
}
