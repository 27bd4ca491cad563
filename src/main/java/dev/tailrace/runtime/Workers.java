package dev.tailrace.runtime;

/**
 * A bounded set of workers: virtual threads where the JVM has them, else platform threads.
 *
 * @param name prefix of the threads' names
 * @param limit how many run at once, at least 1; the pool never offers more than it has permits
 */
public record Workers(String name, int limit) {
  /** Refuses a limit below 1. */
  public Workers {
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1, not " + limit);
    }
  }

  /** Those of the same name, of which so many run at once. */
  public Workers limitedTo(int most) {
    return new Workers(name, most);
  }
}
