package dev.tailrace.chaos;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A place in the fleet: one process after the other, each born as soon as the one before has ended,
 * with a thread that does to it what it was fated to.
 */
final class Seat implements Runnable {
  private final int number;
  private final Fleet fleet;
  private final CompletableFuture<@Nullable Void> settling = new CompletableFuture<>();
  private final CountDownLatch leaving = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Life life; // written by its thread

  Seat(int number, Fleet fleet) {
    this.number = number;
    this.fleet = fleet;
    this.thread = new Thread(this, "seat-" + number);
    thread.setDaemon(true);
  }

  int number() {
    return number;
  }

  void open() {
    thread.start();
  }

  /** The process that sits here now; null before the first. */
  @Nullable Life life() {
    return life;
  }

  /** From now on nothing is done to its processes. */
  void settle() {
    settling.complete(null);
  }

  /** Stops the process that sits here; no other follows. */
  void leave() {
    settle();
    leaving.countDown();
  }

  /** Waits until the seat is empty. */
  void awaitEmpty(Duration most) throws InterruptedException {
    thread.join(most.toMillis());
    if (thread.isAlive()) {
      throw new AssertionError("seat " + number + " is not empty after " + most);
    }
  }

  @Override
  public void run() {
    try {
      while (leaving.getCount() > 0) {
        Life born = fleet.bear(this, settling.isDone());
        life = born;
        live(born);
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    } catch (Exception | AssertionError failure) {
      fleet.failed(failure);
    }
  }

  private void live(Life born) throws Exception {
    try {
      born.awaitFirstEvent();
      Fate fate = born.fate();
      if (fate.act() == Fate.Act.NONE || !quiet(born, fate.after())) {
        endure(born);
      } else {
        act(born, fate.act());
      }
      fleet.ended(this, born, born.await());
    } finally {
      born.process().destroyForcibly();
    }
  }

  private void act(Life born, Fate.Act act) throws Exception {
    switch (act) {
      case KILL -> born.kill();
      case TERM -> born.stop(true);
      case FREEZE -> freeze(born);
      case NONE -> {}
    }
  }

  private void freeze(Life born) throws IOException, InterruptedException {
    born.signal("STOP");
    try {
      born.process().waitFor(fleet.freeze().toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      born.signal("CONT");
    }
    // It finds out what it has lost, and works on, before it is stopped.
    born.process().waitFor(1_500, TimeUnit.MILLISECONDS);
    born.stop(true);
  }

  /** The round settles: the process lives on until it is told to leave, unless it dies before. */
  private void endure(Life born) throws InterruptedException {
    while (born.process().isAlive()) {
      if (leaving.await(20, TimeUnit.MILLISECONDS)) {
        born.stop(false);
        return;
      }
    }
  }

  /** Whether a time has passed with the process alive and the round not settling. */
  private boolean quiet(Life born, Duration time) throws InterruptedException, ExecutionException {
    try {
      CompletableFuture.anyOf(settling, born.process().onExit())
          .get(time.toMillis(), TimeUnit.MILLISECONDS);
      return false;
    } catch (TimeoutException passed) {
      return true;
    }
  }
}
