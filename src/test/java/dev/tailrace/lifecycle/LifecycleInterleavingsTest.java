package dev.tailrace.lifecycle;

import dev.tailrace.interleaving.Interleavings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Whoever moves at the same time, the moves are legal and the listener hears them in order. */
public final class LifecycleInterleavingsTest {
  private final AtomicBoolean telling = new AtomicBoolean();
  private final List<State> heard = new ArrayList<>(List.of(State.STARTING));
  private final Lifecycle lifecycle =
      new Lifecycle("pool", () -> Instant.EPOCH, (from, to, reason) -> hear(from, to));

  private void hear(State from, State to) {
    check(telling.compareAndSet(false, true), "told of two moves at once");
    check(heard.get(heard.size() - 1) == from, "a move was left out: " + heard + ", " + from);
    heard.add(to);
    telling.set(false);
  }

  @Test
  void movesAreLegalAndAllAreHeardInOrder() {
    Interleavings.ofOperations(LifecycleInterleavingsTest.class);
  }

  @Operation
  public boolean run() {
    return lifecycle.transition(State.RUNNING, "ready");
  }

  @Operation
  public boolean pause() {
    return lifecycle.transition(State.PAUSED, "asked for");
  }

  @Operation
  public boolean drain() {
    return lifecycle.transition(State.DRAINING, "asked for");
  }

  @Operation
  public boolean stop() {
    return lifecycle.transition(State.STOPPED, "drained");
  }

  @Operation
  public State state() {
    return lifecycle.state();
  }

  @Validate
  public void everyMoveWasHeard() {
    check(heard.get(heard.size() - 1) == lifecycle.state(), "the last move was not heard");
  }

  private static void check(boolean kept, String otherwise) {
    if (!kept) {
      throw new IllegalStateException(otherwise);
    }
  }
}
