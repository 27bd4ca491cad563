package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredDeadLetters;
import dev.tailrace.app.Tailrace;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.Suggestions;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.VertxLoop;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterFilter;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * What the commands of {@code dlq} have in common: the configuration, and an event loop on which
 * the brokers are asked while the main thread waits. Main thread only.
 */
final class DlqSession implements AutoCloseable {
  private static final long TICK_MILLIS = 100;
  private static final long LONGEST_CLOSE_SECONDS = 5;

  private final ConfiguredDeadLetters letters;
  private final List<SinkFactory> destinations;
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Loop loop;
  private volatile CompletableFuture<?> awaited = new CompletableFuture<>();
  private @Nullable DeadLetterBox current; // main thread only; what is read now, or was last

  private DlqSession(ConfiguredDeadLetters letters, List<SinkFactory> destinations) {
    this.letters = letters;
    this.destinations = destinations;
    // What is thrown in a turn has no future to fail; the wait must end all the same.
    context.exceptionHandler(failure -> awaited.completeExceptionally(failure));
    this.loop = call(() -> Future.succeededFuture(new VertxLoop()), () -> {});
  }

  /** Reads the configuration, and connects nothing yet. */
  static DlqSession open(CommandLine line, DlqOptions options) throws ConfigException {
    LogSetup.apply(LogSetup.Format.AUTO, "error", null);
    ConfiguredDeadLetters letters = ConfiguredDeadLetters.read(options.config().load());
    String pipeline = options.pipeline();
    if (pipeline != null && !letters.pipelines().contains(pipeline)) {
      throw new ParameterException(line, unknown(pipeline, letters.pipelines()));
    }
    List<SinkFactory> destinations = letters.destinations(pipeline);
    if (destinations.isEmpty()) {
      throw new CommandException(
          ExitCode.INVALID_CONFIGURATION,
          (pipeline == null ? "no pipeline" : "the pipeline " + pipeline)
              + " has "
              + (pipeline == null ? "a" : "no")
              + " dead-letter");
    }
    return new DlqSession(letters, destinations);
  }

  private static String unknown(String pipeline, List<String> known) {
    return "there is no pipeline '"
        + pipeline
        + "'; "
        + Suggestions.nearest(pipeline, known)
            .map(near -> "did you mean '" + near + "'?")
            .orElse("there are: " + String.join(", ", known));
  }

  ConfiguredDeadLetters letters() {
    return letters;
  }

  List<SinkFactory> destinations() {
    return destinations;
  }

  Loop loop() {
    return loop;
  }

  /** Deals with the letters of one destination. */
  interface Visit {
    /**
     * Called on the main thread.
     *
     * @param box the open reading end
     * @param left how many letters are wanted still, at least 1
     * @return how many of them it found; {@code left} ends it
     */
    long letters(DeadLetterBox box, long left);
  }

  /** Opens one destination after the other, until so many letters are found. */
  void visit(long limit, Visit visit) {
    long left = limit;
    for (SinkFactory destination : destinations) {
      if (left == 0) {
        return;
      }
      left -= visit.letters(open(destination), left);
    }
  }

  /** Opens the reading end, and closes the one before. */
  private DeadLetterBox open(SinkFactory destination) {
    closeBox();
    DeadLetterBox box = call(() -> Future.succeededFuture(destination.box(loop)), () -> {});
    current = box;
    call(box::open, () -> {});
    return box;
  }

  private void closeBox() {
    DeadLetterBox before = current;
    current = null;
    if (before != null) {
      call(before::close, () -> {});
    }
  }

  /**
   * Reads from the beginning, or from a time, until there is no more or enough was seen.
   *
   * @param limit how many are shown to the reader at most
   * @param reader is shown those that are meant, on the main thread
   * @return how many it was shown
   */
  long read(
      DeadLetterBox box,
      DeadLetterFilter meant,
      long limit,
      ProgressLine progress,
      Consumer<DeadLetter> reader) {
    long ahead =
        call(() -> box.start(DeadLetterBox.Start.reading(meant.since())), () -> {}).letters();
    long[] looked = {0};
    long shown = 0;
    Runnable tick =
        () -> progress.show(() -> ProgressLine.bar(box.destination(), looked[0], ahead));
    while (shown < limit) {
      List<DeadLetter> batch = call(box::next, tick);
      if (batch.isEmpty()) {
        return shown;
      }
      for (DeadLetter letter : batch) {
        looked[0]++;
        if (shown < limit && meant.test(letter)) {
          shown++;
          reader.accept(letter);
        }
      }
      tick.run();
    }
    return shown;
  }

  /**
   * Calls on the loop and waits for the result; {@code tick} runs some times a second meanwhile.
   */
  <T> T call(Supplier<Future<T>> work, Runnable tick) {
    CompletableFuture<T> result = new CompletableFuture<>();
    awaited = result;
    context.runOnContext(
        turn -> {
          try {
            work.get().onComplete(result::complete, result::completeExceptionally);
          } catch (RuntimeException failure) {
            result.completeExceptionally(failure);
          }
        });
    while (true) {
      try {
        return result.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        tick.run();
      } catch (ExecutionException failed) {
        throw told(failed.getCause());
      } catch (InterruptedException urged) {
        Thread.currentThread().interrupt();
        throw new CommandException(ExitCode.FAILURE, "interrupted", urged);
      }
    }
  }

  /** Runs on the loop, and does not wait; safe on any thread. */
  void tell(Runnable turn) {
    context.runOnContext(ignored -> turn.run());
  }

  private static RuntimeException told(@Nullable Throwable failure) {
    if (failure == null) {
      return new IllegalStateException("failed without a cause");
    }
    int exitCode = Tailrace.exitCode(failure);
    if (exitCode == ExitCode.UNREACHABLE) {
      return new CommandException(exitCode, String.valueOf(failure.getMessage()), failure);
    }
    return failure instanceof RuntimeException ours ? ours : new IllegalStateException(failure);
  }

  /** Closes what is open, also where opening it has failed, before the loop that it needs. */
  @Override
  public void close() {
    try {
      closeBox();
    } finally {
      closeVertx();
    }
  }

  private void closeVertx() {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException unclosed) {
      // The process ends now, and with it all connections.
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
  }
}
