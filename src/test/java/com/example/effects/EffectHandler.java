package com.example.effects;

import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A handler as users write one, packed into a plug-in jar: works for 0 to 4 ms, fails the first
 * attempt at some messages, and writes down each effect with one append.
 */
public final class EffectHandler implements MessageHandler {
  private static final int FAILS_FIRST = 37;

  private @Nullable Vertx vertx;
  private @Nullable FileChannel effects;

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    vertx = environment.vertx();
    try {
      effects =
          FileChannel.open(
              Path.of(environment.config().getString("file")),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    long dice = Math.floorMod(message.origin().hashCode(), 1_000_003);
    if (context.attempt() == 1 && dice % FAILS_FIRST == 0) {
      return Future.failedFuture(new IllegalStateException("fails at first"));
    }
    long millis = dice % 5;
    if (vertx == null) {
      throw new IllegalStateException("not started");
    }
    return millis == 0
        ? Future.succeededFuture(effect(message))
        : vertx.timer(millis, TimeUnit.MILLISECONDS).map(slept -> effect(message));
  }

  private Outcome effect(Message message) {
    Buffer key = message.key();
    String line =
        message.origin() + " " + (key == null ? "-" : key) + " " + System.nanoTime() + "\n";
    try {
      if (effects == null) {
        throw new IllegalStateException("not started");
      }
      effects.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return Outcome.done();
  }

  @Override
  public Future<?> stop() {
    try {
      if (effects != null) {
        effects.close();
      }
      return Future.succeededFuture();
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
  }
}
