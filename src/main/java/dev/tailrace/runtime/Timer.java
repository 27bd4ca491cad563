package dev.tailrace.runtime;

/** A task that waits for its time; used in turns of its loop only. */
@FunctionalInterface
public interface Timer {
  /** Prevents the task from running; false where it has run or was cancelled before. */
  boolean cancel();
}
