package dev.tailrace.sink;

import java.util.Set;

/**
 * The headers that a message carries in a tier of retries, after its own. All are UTF-8. Its
 * handler does not see them.
 */
public final class RetryHeaders {
  /** Where it came from at first: {@code orders/1@33}. */
  public static final String ORIGIN = "tailrace-retry-origin";

  /** When it had been written there, ISO 8601. */
  public static final String ORIGIN_TIMESTAMP = "tailrace-retry-origin-timestamp";

  /** How many attempts have failed. */
  public static final String FAILURES = "tailrace-retry-failures";

  /** When the first of them failed, ISO 8601. */
  public static final String FIRST_FAILED_AT = "tailrace-retry-first-failed-at";

  /** Before this moment it does not run again, ISO 8601. */
  public static final String DUE = "tailrace-retry-due";

  /** Why the last attempt failed, in a few words. */
  public static final String REASON = "tailrace-retry-reason";

  /** The pipeline that it belongs to. */
  public static final String PIPELINE = "tailrace-retry-pipeline";

  /** Where its next attempt goes on, as its last snooze said; absent for the beginning. */
  public static final String RESUME = "tailrace-retry-resume";

  private static final Set<String> ALL =
      Set.of(ORIGIN, ORIGIN_TIMESTAMP, FAILURES, FIRST_FAILED_AT, DUE, REASON, PIPELINE, RESUME);

  private RetryHeaders() {}

  /** Whether a header is one of these. */
  public static boolean isOurs(String name) {
    return ALL.contains(name);
  }
}
