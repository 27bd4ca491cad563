package com.example.effects;

import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
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

/**
 * A handler as users write one, packed into a plug-in jar: works for a while at each message, fails
 * the first attempt at some, has others dead-lettered, and writes down each effect with one append.
 * On demand it hangs: at some messages from the moment on when a file is there, or when it is to
 * stop.
 */
public final class DrainedHandler implements MessageHandler {
  private static final int FAILS_FIRST = 37;
  private static final int GIVES_UP = 61;
  private static final int HANGS = 5;
  private static final int PRIME = 1_000_003;

  private JsonObject config = new JsonObject(); // set once, before any message
  private @Nullable Vertx vertx;
  private @Nullable FileChannel effects;

  /** Whether a message ends as a dead letter, by where it came from. */
  public static boolean givesUp(String origin) {
    return dice(origin) % GIVES_UP == 0;
  }

  /** The file that says that one hangs by now. */
  public static Path hung(Path hang) {
    return Path.of(hang + ".hung");
  }

  private static int dice(String origin) {
    return Math.floorMod(origin.hashCode(), PRIME);
  }

  @Override
  public Future<?> start(HandlerEnvironment environment) {
    config = environment.config();
    vertx = environment.vertx();
    try {
      effects =
          FileChannel.open(
              Path.of(config.getString("file")),
              StandardOpenOption.CREATE,
              StandardOpenOption.APPEND);
      return Future.succeededFuture();
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
  }

  @Override
  public Future<Outcome> handle(Message message, MessageContext context) {
    String origin = message.origin().toString();
    if (context.attempt() == 1 && dice(origin) % FAILS_FIRST == 0) {
      return Future.failedFuture(new IllegalStateException("fails at first"));
    }
    int least = config.getInteger("least-millis");
    int range = config.getInteger("most-millis") - least + 1;
    return Objects.requireNonNull(vertx)
        .timer(least + dice(origin) % range, TimeUnit.MILLISECONDS)
        .compose(slept -> end(origin));
  }

  private Future<Outcome> end(String origin) {
    try {
      Path hang = Path.of(config.getString("hang"));
      if (dice(origin) % HANGS == 0 && Files.exists(hang)) {
        Files.writeString(hung(hang), origin);
        return Promise.<Outcome>promise().future();
      }
      byte[] line = (origin + "\n").getBytes(StandardCharsets.UTF_8);
      Objects.requireNonNull(effects).write(ByteBuffer.wrap(line));
      return Future.succeededFuture(
          givesUp(origin) ? Outcome.deadLetter("gives up") : Outcome.done());
    } catch (IOException failure) {
      return Future.failedFuture(failure);
    }
  }

  @Override
  public Future<?> stop() {
    if (config.getBoolean("hangs-at-stop", false)) {
      return Promise.promise().future();
    }
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
