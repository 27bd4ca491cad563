package com.example.effects;

import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Blocks until a file is there, then writes down each effect with one append. */
public final class GatedHandler implements BlockingHandler {
  private @Nullable Path gate;
  private @Nullable FileChannel effects;

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    gate = Path.of(environment.config().getString("gate"));
    try {
      effects =
          FileChannel.open(
              Path.of(environment.config().getString("file")),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
      return Future.succeededFuture();
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
  }

  @Override
  public Outcome handle(Message message, MessageContext context) throws Exception {
    while (!Files.exists(Objects.requireNonNull(gate))) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    String line = message.origin() + " - " + System.nanoTime() + "\n";
    Objects.requireNonNull(effects).write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
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
