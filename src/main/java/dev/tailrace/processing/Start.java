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
  static final int SUSPECTED = 2;

  /** The reason of a dead letter whose last attempts ended with their process. */
  private static final String POISON = "ended its process";

  private final Crew crew;
  private final Flight flight;
  private int attempts; // event loop only; known before this start
  private boolean counting; // event loop only; its count is on its way, or written
  private @Nullable Duration gaveUp; // event loop only; how long the message waits then

  Start(Crew crew, Flight flight) {
    this.crew = crew;
    this.flight = flight;
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
   * @param known failures that were reported, and starts alone that ended with their process
   * @param suspicions starts beside others that ended with their process
   */
  final void begin(int known, int suspicions) {
    attempts = known;
    boolean suspect = suspicions >= SUSPECTED;
    if (flight.isUnstartable()) {
      giveBack(new Landing.Released("not started"));
    } else if (suspect && crew.ends() && crew.retry().isExhausted(attempts)) {
      flight.item().know(attempts);
      new Settlement(crew, flight).poisoned(POISON);
    } else if (suspect) {
      flight.awaitSolitude(this);
    } else if (flight.mayStart()) {
      flight.call(attempts);
    } else {
      giveBack(new Landing.Released("suspended for a suspect"));
    }
  }

  @Override
  public final void start() {
    flight.goOn();
    counting = true;
    crew.events()
        .alarm(
            crew.pipeline(),
            flight.message().origin().source(),
            Alarm.SUSPECT,
            flight.item() + ": runs alone, since it was under way when processes ended");
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
