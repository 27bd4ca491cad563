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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Halts its process at every message that says so; of the others it writes down each effect with
 * one append.
 */
public final class LethalHandler implements MessageHandler {
  /** The body at which it does. */
  public static final String LETHAL = "lethal";

  /** The exit code of a process that ended so. */
  public static final int EXIT_CODE = 99;

  private @Nullable Vertx vertx;
  private @Nullable Path effects;

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    vertx = environment.vertx();
    effects = Path.of(environment.config().getString("file"));
    return Future.succeededFuture();
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    Buffer body = message.body();
    if (body != null && body.toString().equals(LETHAL)) {
      Runtime.getRuntime().halt(EXIT_CODE);
    }
    return Objects.requireNonNull(vertx)
        .timer(5, TimeUnit.MILLISECONDS)
        .map(slept -> effect(message));
  }

  private Outcome effect(Message message) {
    String line = message.origin() + " - " + System.nanoTime() + "\n";
    try {
      Files.writeString(
          Objects.requireNonNull(effects),
          line,
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return Outcome.done();
  }
}
