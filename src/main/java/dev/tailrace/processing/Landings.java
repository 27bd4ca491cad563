package dev.tailrace.processing;

/** Where flights end: the dispatcher, which owns permits, lanes and counts. */
@FunctionalInterface
public interface Landings {
  /**
   * Called once per flight, in a turn of the loop; possibly before {@link Flight#depart} returns.
   */
  void landed(Flight flight, Landing landing);

  /** Whether a message whose attempt has failed may give its permit back while it waits. */
  default boolean mayPark(WorkItem item) {
    return true;
  }
}
