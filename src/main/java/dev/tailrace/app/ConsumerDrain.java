package dev.tailrace.app;

import dev.tailrace.app.DrainReport.AbandonedMessage;
import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.dispatch.LeftBehind;
import dev.tailrace.dispatch.QuiescePlan;
import dev.tailrace.lifecycle.JoinableStop;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Source.CommittedPosition;
import dev.tailrace.source.Source.Flush;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The drain of one consumer: what each phase asks of it, and the ledger of what came of that. Its
 * methods may be called on any thread; they act in turns of the consumer's loop, and their futures
 * complete there. Each phase happens once; asked again, the first one is joined.
 */
final class ConsumerDrain {
  private final String name;
  private final Future<Consumer> consumer;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final Promise<Void> closed = Promise.promise();
  private final JoinableStop<Void> stoppedIntake = new JoinableStop<>();
  private final JoinableStop<Void> settling = new JoinableStop<>();
  private final JoinableStop<Void> closedSource = new JoinableStop<>();
  private final JoinableStop<Void> closedStores = new JoinableStop<>();
  private @Nullable MessageCounts atStart; // event loop only
  private List<AbandonedMessage> left = List.of(); // event loop only, bounded by dispatch
  private List<CommittedPosition> positions = List.of(); // event loop only
  private final List<FlushLine> flushes = new ArrayList<>(); // event loop only, a few per drain
  private final List<String> errors = new ArrayList<>(); // event loop only, a few per drain
  private boolean settled; // event loop only
  private volatile @Nullable DrainLedger ledger; // written on the event loop

  /**
   * Prepares the drain.
   *
   * @param name of the consumer, for people
   * @param consumer failed where it could not be made: then there is nothing to drain
   */
  ConsumerDrain(String name, Future<Consumer> consumer) {
    this.name = name;
    this.consumer = consumer;
  }

  /** What is known so far; safe on any thread. */
  DrainLedger ledger() {
    DrainLedger written = ledger;
    return written == null ? unanswered() : written;
  }

  /** Until the loop has answered there are only its older numbers; without a consumer, nothing. */
  private DrainLedger unanswered() {
    if (consumer.failed()) {
      return DrainLedger.SETTLED;
    }
    MessageCounts last = consumer.succeeded() ? consumer.result().published() : MessageCounts.NONE;
    List<String> silence = List.of(name + ": no answer yet; its numbers are older");
    return new DrainLedger(last, last, List.of(), List.of(), List.of(), silence, false);
  }

  /** True for the first caller, who is to carry it out; others join by {@link #closed}. */
  boolean take() {
    return taken.compareAndSet(false, true);
  }

  /** Completes when the consumer is closed, or was given up. */
  Future<Void> closed() {
    return closed.future();
  }

  /** Nothing more is asked of the consumer. */
  void giveUp() {
    closed.tryComplete();
  }

  /** Takes nothing new. */
  Future<Void> stopIntake() {
    return stoppedIntake.begin(
        () -> {
          if (consumer.succeeded()) {
            consumer.result().shutIntake();
          }
          return turn(Consumer::closeIntake);
        });
  }

  /**
   * Brings the work to rest; called again with a stricter plan, both complete. What is here when it
   * is first called, after the intake of all consumers has closed and the drain's begin is in the
   * event log, is what the report accounts for: so the log has all that the report counts.
   */
  Future<Void> quiesce(QuiescePlan plan) {
    return turn(
        running -> {
          account(running);
          return running
              .quiesce(plan)
              .map(
                  quiesced -> {
                    left =
                        quiesced.leftBehind().stream()
                            .map(message -> named(message, running.grade()))
                            .toList();
                    return null;
                  });
        });
  }

  /** Whether its handler has something done in a phase. */
  boolean hasHooks(Phase phase) {
    return consumer.succeeded() && consumer.result().hasHooks(phase);
  }

  /** What the handler has done there; completes when that has ended or its time is over. */
  Future<Void> hooks(Phase phase, Duration left) {
    return turn(
        running ->
            running
                .hooks(phase, left)
                .map(
                    complaints -> {
                      errors.addAll(complaints);
                      return null;
                    }));
  }

  /**
   * Marks and dead letters, then commits and acknowledgements, then what goes back unstarted. Work
   * that a late loop has not brought to rest yet is left first: from here on the report counts.
   */
  Future<Void> settle(Duration budget) {
    return settling.begin(
        () ->
            quiesce(QuiescePlan.immediate(Duration.ZERO))
                .transform(left -> turn(running -> settle(running, budget))));
  }

  private Future<Void> settle(Consumer running, Duration budget) {
    positions = unconfirmed(running);
    return running
        .flushWrites(budget.dividedBy(2))
        .compose(
            lines -> {
              flushes.addAll(lines);
              return running.flushSource();
            })
        .compose(
            flush -> {
              positions = flush.positions();
              flushes.add(line("commits", flush));
              return running.giveBack();
            })
        .map(
            back -> {
              flushes.add(line("given back", back));
              settled = true;
              return null;
            });
  }

  /** Leaves the group. */
  Future<Void> closeSource() {
    return closedSource.begin(() -> turn(Consumer::closeSource));
  }

  /** Closes handler, dead letters and store. */
  Future<Void> closeStores(Duration budget) {
    return closedStores
        .begin(
            () ->
                turn(
                    running ->
                        running
                            .closeResources(budget)
                            .map(
                                complaints -> {
                                  errors.addAll(complaints);
                                  return null;
                                })))
        .onComplete(any -> closed.tryComplete());
  }

  /** Brings the ledger up to date, in a turn that need not be awaited. */
  void publish() {
    if (consumer.succeeded()) {
      Consumer running = consumer.result();
      running.loop().execute(() -> write(running));
    }
  }

  /** A turn of the consumer's loop; nothing where there is no consumer. */
  private Future<Void> turn(Function<Consumer, Future<Void>> work) {
    return consumer.transform(
        made -> made.succeeded() ? turn(made.result(), work) : Future.succeededFuture());
  }

  private Future<Void> turn(Consumer running, Function<Consumer, Future<Void>> work) {
    return running.onLoop(
        () ->
            work.apply(running)
                .onComplete(
                    result -> {
                      if (result.failed()) {
                        errors.add(name + ": " + result.cause());
                      }
                      write(running);
                    }));
  }

  /** What is here now is what the report accounts for, save where that began before. */
  private void account(Consumer running) {
    if (atStart == null) {
      atStart = running.counts();
    }
  }

  private void write(Consumer running) {
    MessageCounts now = running.counts();
    ledger =
        new DrainLedger(
            atStart == null ? now : atStart, now, left, positions, flushes, errors, settled);
  }

  /** What to say of positions when nobody answers: the last one known, and that it is unknown. */
  private List<CommittedPosition> unconfirmed(Consumer running) {
    return running.broker().partitions().stream()
        .map(one -> new CommittedPosition(one.source(), one.committed(), "unknown"))
        .toList();
  }

  private FlushLine line(String what, Flush flush) {
    return new FlushLine(name + " " + what, flush.flushed(), flush.pending(), flush.unknown());
  }

  private static AbandonedMessage named(LeftBehind message, String grade) {
    return new AbandonedMessage(
        message.pipeline(),
        message.source(),
        message.position(),
        message.epoch(),
        message.keyHash(),
        message.attempt(),
        message.stage(),
        message.claim(),
        message.ageMillis(),
        message.stack(),
        grade,
        DrainReport.Repeat.of(grade, message.stage()));
  }
}
