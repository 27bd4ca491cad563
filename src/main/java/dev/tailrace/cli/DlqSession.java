package dev.tailrace.cli;

import dev.tailrace.app.ConfiguredDeadLetters;
import dev.tailrace.config.ConfigException;
import dev.tailrace.runtime.Loop;
import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.DeadLetterFilter;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Future;
import java.util.List;
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
  private final ConfiguredDeadLetters letters;
  private final List<SinkFactory> destinations;
  private final WaitingLoop loop = new WaitingLoop();
  private @Nullable DeadLetterBox current; // main thread only; what is read now, or was last

  private DlqSession(ConfiguredDeadLetters letters, List<SinkFactory> destinations) {
    this.letters = letters;
    this.destinations = destinations;
  }

  /** Reads the configuration, and connects nothing yet. */
  static DlqSession open(CommandLine line, DlqOptions options) throws ConfigException {
    LogSetup.apply(LogSetup.Format.AUTO, "error", null);
    ConfiguredDeadLetters letters = ConfiguredDeadLetters.read(options.config().load());
    String pipeline = options.pipeline();
    if (pipeline != null && !letters.pipelines().contains(pipeline)) {
      throw new ParameterException(line, Phrases.unknownPipeline(pipeline, letters.pipelines()));
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

  ConfiguredDeadLetters letters() {
    return letters;
  }

  List<SinkFactory> destinations() {
    return destinations;
  }

  Loop loop() {
    return loop.loop();
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
    DeadLetterBox box = loop.call(() -> Future.succeededFuture(destination.box(loop.loop())));
    current = box;
    loop.call(box::open);
    return box;
  }

  private void closeBox() {
    DeadLetterBox before = current;
    current = null;
    if (before != null) {
      loop.call(before::close);
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
    long ahead = loop.call(() -> box.start(DeadLetterBox.Start.reading(meant.since()))).letters();
    long[] looked = {0};
    long shown = 0;
    Runnable tick =
        () -> progress.show(() -> ProgressLine.bar(box.destination(), looked[0], ahead));
    while (shown < limit) {
      List<DeadLetter> batch = loop.call(box::next, tick);
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

  /** As {@link WaitingLoop#call(Supplier, Runnable)}. */
  <T> T call(Supplier<Future<T>> work, Runnable tick) {
    return loop.call(work, tick);
  }

  /** As {@link WaitingLoop#tell}. */
  void tell(Runnable turn) {
    loop.tell(turn);
  }

  /** Closes what is open, also where opening it has failed, before the loop that it needs. */
  @Override
  public void close() {
    try {
      closeBox();
    } finally {
      loop.close();
    }
  }
}
