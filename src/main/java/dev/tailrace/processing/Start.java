package dev.tailrace.processing;

import dev.tailrace.observe.Alarm;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The start of a message of which it is known how many processes it may have ended: at once, or
 * alone after its count is written, or not at all. What counts, and where, is the subclass's.
 */
abstract class Start implements Solo {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  /** After so many starts beside others that ended with their process, a message runs alone. */
  private static final int SUSPECTED = 2;

  /** The reason of a dead letter whose last attempts ended with their process. */
  private static final String POISON = "ended its process";

  private final Crew crew;
  private final Flight flight;
  private final WorkItem item;
  private int attempts; // event loop only; known before this start
  private int suspicions; // event loop only; that do not end with time
  private boolean counting; // event loop only; its count is on its way, or written
  private @Nullable Duration gaveUp; // event loop only; how long the message waits then

  Start(Crew crew, Flight flight) {
    this.crew = crew;
    this.flight = flight;
    this.item = flight.item();
  }

  /** Has written down that the message is about to run alone; completes with whether it is. */
  abstract Future<Boolean> count();

  /** Gives back what was taken for the start, and lands. */
  abstract void giveBack(Landing landing);

  @Override
  public final Flight flight() {
    return flight;
  }

  /**
   * Goes on where the message may start, as far as its key is concerned.
   *
   * @param known failures that were reported, and starts alone that ended with their process, as
   *     far as the store knows
   * @param beside starts beside others that ended with their process, likewise
   */
  final void begin(int known, int beside) {
    attempts = Math.max(known, Math.max(item.deaths(), item.delivery().deaths()));
    suspicions = beside;
    boolean suspect = isSuspect();
    if (flight.isUnstartable()) {
      giveBack(new Landing.Released("not started"));
    } else if (suspect && crew.ends() && crew.retry().isExhausted(attempts)) {
      item.endedProcesses(attempts);
      new Settlement(crew, flight).poisoned(POISON);
    } else if (suspect) {
      flight.awaitSolitude(this);
    } else if (flight.mayStart()) {
      flight.call(attempts);
    } else {
      giveBack(new Landing.Released("suspended for a suspect"));
    }
  }

  private boolean isSuspect() {
    return suspicions >= SUSPECTED || item.deaths() > 0 || item.delivery().suspected();
  }

  @Override
  public final void start() {
    flight.goOn();
    counting = true;
    if (!isSuspect()) { // it was for a time only, which is over
      flight.call(attempts);
      return;
    }
    crew.events()
        .alarm(
            crew.pipeline(),
            flight.message().origin().source(),
            Alarm.SUSPECT,
            item + ": runs alone, since it was under way when processes ended");
    Future<Boolean> count = count();
    count.onComplete(done -> crew.loop().execute(() -> counted(count)));
  }

  private void counted(Future<Boolean> done) {
    if (!hasGivenUp() && done.succeeded() && done.result() && !flight.isUnstartable()) {
      flight.call(attempts);
    } else {
      giveBack(notAlone(gaveUp == null ? ASK_AGAIN : gaveUp));
    }
  }

  /** Whether it does not matter any more what {@link #count} comes to. */
  final boolean hasGivenUp() {
    return gaveUp != null;
  }

  @Override
  public final void giveUp(Duration delay) {
    if (gaveUp == null) {
      gaveUp = delay;
      if (!counting) {
        flight.goOn();
        giveBack(notAlone(delay));
      }
    }
  }

  private Landing notAlone(Duration delay) {
    return flight.isUnstartable()
        ? new Landing.Released("not started")
        : new Landing.Again(delay, "not alone", Landing.Why.BUSY);
  }
}
