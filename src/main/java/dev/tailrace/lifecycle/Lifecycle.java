package dev.tailrace.lifecycle;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of a process or of one consumer. Thread-safe without locks; {@link #transition} is the
 * only way to change it: it checks, swaps, logs and tells the listener.
 *
 * <p>The listener hears every move, one after the other and in order; by the time a concurrent
 * transition returns it may still be about to hear of it.
 */
public final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  private final String name;
  private final Supplier<Instant> wall;
  private final Listener listener;
  private final AtomicReference<Standing> standing;
  private final Instant begun;
  private final AtomicInteger untold = new AtomicInteger();
  private volatile Standing told; // written by whoever raised `untold` from 0

  /** Hears of moves; quick, and throws nothing. */
  @FunctionalInterface
  public interface Listener {
    /** The state changed. */
    void moved(State from, State to, String reason);
  }

  /**
   * Where it stands.
   *
   * @param move how many moves led here
   * @param state the state
   * @param since since when, by the wall clock
   * @param reason why, in words
   * @param previous where it stood before, if the listener had not heard of that yet
   */
  private record Standing(
      long move, State state, Instant since, String reason, @Nullable Standing previous) {}

  /**
   * Begins in {@link State#STARTING}.
   *
   * @param name for the log
   * @param wall the wall clock
   */
  public Lifecycle(String name, Supplier<Instant> wall, Listener listener) {
    this.name = name;
    this.wall = wall;
    this.listener = listener;
    Standing first = new Standing(0, State.STARTING, wall.get(), "start", null);
    this.standing = new AtomicReference<>(first);
    this.told = first;
    this.begun = first.since();
  }

  /** The state now. */
  public State state() {
    return now().state();
  }

  /** Since when, by the wall clock. */
  public Instant since() {
    return now().since();
  }

  /** When it began, by the wall clock. */
  public Instant begun() {
    return begun;
  }

  /** Why it is in this state. */
  public String reason() {
    return now().reason();
  }

  /**
   * Moves to {@code to}.
   *
   * @return false where that is the state already
   * @throws IllegalMoveException where that state may not follow the present one
   */
  public boolean transition(State to, String reason) {
    Standing from;
    Standing next;
    do {
      from = now();
      if (from.state() == to) {
        return false;
      }
      if (!from.state().moves().contains(to)) {
        throw new IllegalMoveException(from.state(), to);
      }
      Standing unheard = told.move() < from.move() ? from : null;
      next = new Standing(from.move() + 1, to, wall.get(), reason, unheard);
    } while (!standing.compareAndSet(from, next));
    tell();
    return true;
  }

  private Standing now() {
    return Objects.requireNonNull(standing.get());
  }

  /** One thread at a time tells; another's move in the meantime is told by the one that does. */
  private void tell() {
    if (untold.getAndIncrement() > 0) {
      return;
    }
    int heard = 1;
    do {
      ArrayDeque<Standing> moves = new ArrayDeque<>();
      Standing last = told;
      Standing at = now();
      while (at != null && at.move() > last.move()) {
        moves.push(at);
        at = at.previous();
      }
      for (Standing move : moves) {
        LOG.info(
            "{}: {} -> {} ({})", name, last.state().label(), move.state().label(), move.reason());
        listener.moved(last.state(), move.state(), move.reason());
        last = move;
      }
      told = last;
      heard = untold.addAndGet(-heard);
    } while (heard > 0);
  }
}
