package dev.tailrace.lifecycle;

import dev.tailrace.runtime.Loop;

/** Makes the registry of a fleet. */
@FunctionalInterface
public interface FleetRegistryFactory {
  /**
   * A registry that is not connected; called in a turn of its loop.
   *
   * @param name of the fleet
   */
  FleetRegistry registry(Loop loop, String name);
}
