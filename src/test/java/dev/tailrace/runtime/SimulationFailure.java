package dev.tailrace.runtime;

import org.jspecify.annotations.Nullable;

/** A simulated run that cannot go on; its message names the seed that repeats it. */
public final class SimulationFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  SimulationFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
