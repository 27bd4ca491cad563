package dev.tailrace.processing;

import java.util.List;

/** Where flights end: the dispatcher, which owns permits, lanes and counts. */
@FunctionalInterface
public interface Landings {
  /**
   * Called once per flight, in a turn of the loop; possibly before {@link Flight#depart} returns.
   */
  void landed(Flight flight, Landing landing);

  /**
   * A handler has ended that did not end when it was called; called in a turn of the loop. {@link
   * Ended#goOn} is called in a later one.
   */
  default void ended(Ended handler) {
    handler.goOnLater();
  }

  /**
   * A call of a handler on the loop has returned, whether it has ended or not.
   *
   * @param now by the loop's clock, which was read for it
   */
  default void returned(long now) {}

  /** Whether a message whose attempt has failed may give its permit back while it waits. */
  default boolean mayPark(WorkItem item) {
    return true;
  }

  /** Whether a message that has its claim may start: not while a suspect waits or runs. */
  default boolean mayStart() {
    return true;
  }

  /**
   * The message may have ended a process: {@link Solo#start} is called once no other message of the
   * pool is under way, or {@link Solo#giveUp} where that takes too long.
   */
  default void awaitSolitude(Solo solo) {
    solo.start();
  }

  /**
   * The message may start, and its handler takes batches: it waits for its own, which calls {@link
   * Batch#start}, or for {@link #leaveBatch}.
   */
  default void board(Flight flight) {
    Batch.start(flight.crew(), List.of(flight));
  }

  /** It does not wait for its batch any more. */
  default void leaveBatch(Flight flight) {}

  /** It does not wait to be alone any more. */
  default void leaveSolitude(Solo solo) {}
}
