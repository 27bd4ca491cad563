package dev.tailrace.lifecycle;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A state was asked for that may not follow the present one; says which may. */
public final class IllegalMoveException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final State from;
  private final State to;

  /** Names the move that was asked for and the legal ones. */
  public IllegalMoveException(State from, State to) {
    super(
        "cannot go from %s to %s; possible: %s".formatted(from.label(), to.label(), labels(from)));
    this.from = from;
    this.to = to;
  }

  /** The state at that moment. */
  public State from() {
    return from;
  }

  /** The state that was asked for. */
  public State to() {
    return to;
  }

  /** The states that may follow. */
  public Set<State> legal() {
    return from.moves();
  }

  private static String labels(State from) {
    String moves =
        new TreeSet<>(from.moves()).stream().map(State::label).collect(Collectors.joining(", "));
    return moves.isEmpty() ? "nothing" : moves;
  }
}
