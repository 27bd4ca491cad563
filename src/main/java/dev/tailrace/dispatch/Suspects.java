package dev.tailrace.dispatch;

import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.Solo;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one consumer that may have ended a process, and what holds for all others
 * meanwhile: while one of them waits or runs, in this consumer or in another of the pool, nothing
 * starts here. Each runs while no other message of the pool is under way, from its claim until its
 * end is written.
 *
 * <p>Nobody is held back for ever. Where a suspect is not alone in time, since a handler is stuck
 * or a loop hangs, where one runs past its time-out and the grace after it, or where many have
 * taken as long as that one after the other, all others go on for as long as they were held. What
 * still waits to be alone gives its claim back until then; what is stuck runs on beside others.
 * Event loop only; bounded by the permits.
 */
final class Suspects implements Solitude.Member {
  private final Crew crew;
  private final Solitude solitude;
  private final Runnable freed;
  private final Runnable stopped;
  private final Set<Solo> waiting = new LinkedHashSet<>();
  private int underWay; // flights, save those that wait to be alone
  private boolean held; // somebody in the pool has asked to be alone
  private @Nullable Solo alone;
  private @Nullable Timer patience; // with those that wait, or with the one that is alone
  private boolean told; // that nothing starts here

  /**
   * Makes it, as a member of the pool's.
   *
   * @param freed called when something may start again
   * @param stopped called when nothing may any more
   */
  Suspects(Crew crew, Solitude solitude, Runnable freed, Runnable stopped) {
    this.crew = crew;
    this.solitude = solitude;
    this.freed = freed;
    this.stopped = stopped;
    solitude.join(this);
    this.held = solitude.isHeld();
    this.told = held;
  }

  @Override
  public Loop loop() {
    return crew.loop();
  }

  @Override
  public Duration patience() {
    return crew.timing().timeout().plus(crew.timing().grace());
  }

  /** Whether a message that is no suspect may start. */
  boolean admits() {
    return !held && waiting.isEmpty() && alone == null;
  }

  /** Why nothing starts here, in words; empty where it does. */
  Optional<String> inWords() {
    if (admits()) {
      return Optional.empty();
    }
    return Optional.of(
        alone == null
            ? "a message that may have ended its process is to run alone"
            : alone.flight().item() + " may have ended its process, and runs alone");
  }

  /** A flight begins. */
  void departs() {
    underWay++;
  }

  /** It has its claim, and waits until it is alone; or comes again, where it is others' time. */
  void await(Solo suspect) {
    if (solitude.ask(this)) {
      underWay--;
      waiting.add(suspect);
      rest();
      tell();
    } else {
      suspect.giveUp(othersTime());
    }
  }

  /** It waits no longer, and is about to land. */
  void withdraw(Solo suspect) {
    if (waiting.remove(suspect)) {
      underWay++;
      lookSoon();
    }
  }

  /** A flight has ended. */
  void landed(Flight flight) {
    underWay--;
    Solo ended = alone;
    if (ended != null && flight == ended.flight()) {
      loop().execute(() -> awaitEnd(ended)); // in a later turn its message is settled
    } else {
      rest();
    }
  }

  /** Were its end not written, it would answer for the next one that ends the process. */
  private void awaitEnd(Solo ended) {
    Future<?> written = ended.flight().item().delivery().endWritten();
    if (written.isComplete()) {
      over(ended);
    } else {
      written.onComplete(any -> loop().execute(() -> over(ended)));
    }
  }

  private void over(Solo ended) {
    if (alone == ended) {
      alone = null;
      cancelPatience();
      if (solitude.held(loop().nanos()).compareTo(solitude.patience()) >= 0) {
        solitude.adjourn(this);
      }
      look();
    }
  }

  /** The consumer has ended. */
  void close() {
    solitude.leave(this);
    cancelPatience();
  }

  /** In a turn of its own, so that suspects that end at once do not run one within the other. */
  private void lookSoon() {
    loop().execute(this::look);
  }

  @Override
  public void look() {
    held = solitude.isHeld();
    if (alone == null) {
      next();
    }
    rest();
    tell();
  }

  private void next() {
    if (waiting.isEmpty()) {
      cancelPatience();
      solitude.done(this);
    } else if (!solitude.hasAsked(this)) {
      cancelPatience();
      comeAgain();
    } else if (solitude.isAlone(this)) {
      cancelPatience();
      run(waiting.iterator().next());
    } else if (solitude.isNext(this) && patience == null) {
      patience = loop().after(longer(solitude.patience(), Solo.LEAST_PATIENCE), this::notAlone);
    }
  }

  private void run(Solo suspect) {
    waiting.remove(suspect);
    underWay++;
    alone = suspect;
    patience = loop().after(patience(), this::tooLong);
    suspect.start();
  }

  private void comeAgain() {
    for (Solo suspect : List.copyOf(waiting)) {
      withdraw(suspect);
      suspect.giveUp(othersTime());
    }
  }

  private void notAlone() {
    patience = null;
    solitude.adjourn(this);
    look();
  }

  /**
   * The others do not wait for it any longer; its start, if that is not written yet, is off. Where
   * the writing took long, its handler's time has begun later than its being alone.
   */
  private void tooLong() {
    patience = null;
    Solo suspect = alone;
    if (suspect != null) {
      long more = suspect.flight().checkTime(loop().nanos());
      if (more < Long.MAX_VALUE) {
        patience = loop().after(Duration.ofNanos(more), this::tooLong);
        return;
      }
      alone = null;
      solitude.adjourn(this);
      suspect.giveUp(othersTime());
    }
    look();
  }

  private Duration othersTime() {
    return solitude.owed(loop().nanos());
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private void rest() {
    if (!admits() && underWay == 0 && !solitude.isAlone(this)) {
      solitude.rests(this);
    }
  }

  private void tell() {
    boolean now = !admits();
    if (now != told) {
      told = now;
      crew.events().suspended(crew.pipeline(), now);
      (now ? stopped : freed).run();
    }
  }

  private void cancelPatience() {
    if (patience != null) {
      patience.cancel();
      patience = null;
    }
  }
}
