package dev.tailrace.processing;

/** Where flights end: the dispatcher, which owns permits, lanes and counts. */
@FunctionalInterface
public interface Landings {
  /**
   * Called once per flight, in a turn of the loop; possibly before {@link Flight#depart} returns.
   */
  void landed(Flight flight, Landing landing);
}
