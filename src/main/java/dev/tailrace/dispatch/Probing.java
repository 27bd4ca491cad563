package dev.tailrace.dispatch;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.processing.Breaker;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Landing;
import dev.tailrace.runtime.Timer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What starts while the breaker is open: one message at a time, each time another one, with the
 * pauses of retries in between, and drawn by chance, so that a heap of poison that became ready
 * first does not have the outage last. The first that is finished by its handler closes the
 * breaker. A probe that runs past its time-out and the grace has failed, and the next one does not
 * wait for it. Event loop only.
 */
final class Probing {
  private static final Logger LOG = LoggerFactory.getLogger(Probing.class);

  private final Crew crew;
  private final Breaker breaker;
  private final Runnable freed;
  private @Nullable Entry probe; // under way
  private @Nullable Timer timer; // until the next probe, or until this one is overdue
  private boolean due; // a probe may start
  private int failures; // of probes since the breaker opened
  private boolean stopped;

  /**
   * Makes it.
   *
   * @param freed called when something may start
   * @param opened called when the breaker opens, before anything else of the turn
   */
  Probing(Crew crew, Runnable freed, Runnable opened) {
    this.crew = crew;
    this.breaker = crew.breaker();
    this.freed = freed;
    breaker.onOpen(
        () -> {
          opened();
          opened.run();
        });
  }

  /** Whether all but probes are held back. */
  boolean isOpen() {
    return breaker.isOpen();
  }

  /** Whether something may start now. */
  boolean admits() {
    return !breaker.isOpen() || (due && !stopped);
  }

  /** Why starts are held back, in words; empty where they are not. */
  Optional<String> inWords() {
    return breaker.isOpen()
        ? Optional.of(breaker.inWords() + "; " + failures + " probes failed since")
        : Optional.empty();
  }

  /** The pool drains: there are no more probes. */
  void stop() {
    stopped = true;
    cancelTimer();
  }

  /** Something starts that {@link #admits} let through. */
  void started(Entry entry) {
    if (breaker.isOpen()) {
      probe = entry;
      due = false;
      Duration patience = crew.timing().timeout().plus(crew.timing().grace());
      timer = crew.loop().after(patience, this::overdue);
    }
  }

  /** A flight has ended. */
  void landed(Entry entry, Landing landing) {
    if (entry != probe) {
      return;
    }
    probe = null;
    cancelTimer();
    if (landing instanceof Landing.Finished finished && wasWorkedOn(finished.finish())) {
      close(entry);
    } else {
      boolean failed = landing instanceof Landing.Again again && again.why() == Landing.Why.OUTAGE;
      failures += failed ? 1 : 0; // all else says nothing, and another one is tried
      schedule();
    }
  }

  private static boolean wasWorkedOn(Finish finish) {
    return finish != Finish.SKIPPED && finish != Finish.MOVED;
  }

  private void opened() {
    failures = 0;
    crew.events().alarm(crew.pipeline(), "", Alarm.OUTAGE, breaker.inWords());
    crew.events().breaker(crew.pipeline(), true, breaker.inWords());
    schedule();
  }

  private void close(Entry entry) {
    String words = entry + " was worked on after " + failures + " failed probes";
    breaker.close();
    due = false;
    LOG.info("{}: {}; starts go on", crew.pipeline(), words);
    crew.events().breaker(crew.pipeline(), false, words);
  }

  private void overdue() {
    probe = null;
    failures++;
    schedule();
  }

  private void schedule() {
    if (!stopped) {
      Duration pause = crew.retry().delay(failures + 1, crew.loop().random());
      timer = crew.loop().after(pause, this::probeDue);
    }
  }

  private void probeDue() {
    timer = null;
    due = true;
    freed.run();
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
