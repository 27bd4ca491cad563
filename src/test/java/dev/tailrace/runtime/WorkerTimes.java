package dev.tailrace.runtime;

/**
 * How long a simulated worker takes for a call. Its body runs in one piece at the end of that time,
 * or soon after an interrupt, and then sees the thread as interrupted.
 */
@FunctionalInterface
public interface WorkerTimes {
  /** The call ends only when it is interrupted. */
  long FOREVER = Long.MAX_VALUE;

  /** The nanoseconds of one call, at least 0, or {@link #FOREVER}. */
  long nanos(Workers workers, Choices choices);

  /** Anything up to {@code most} nanoseconds, about two seconds at most. */
  static WorkerTimes upTo(long most) {
    return (workers, choices) -> choices.between(0, most);
  }
}
