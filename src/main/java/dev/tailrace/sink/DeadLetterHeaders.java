package dev.tailrace.sink;

import java.util.Set;

/** The headers that a dead letter carries after those of the message that died. All are UTF-8. */
public final class DeadLetterHeaders {
  /** Why it died, in a few words. */
  public static final String REASON = "tailrace-reason";

  /** The class of the failure behind it; absent where there is none. */
  public static final String ERROR_CLASS = "tailrace-error-class";

  /** The message of that failure, cut to a bounded length; absent where there is none. */
  public static final String ERROR_MESSAGE = "tailrace-error-message";

  /** How many attempts were made. */
  public static final String ATTEMPTS = "tailrace-attempts";

  /** Where it came from: {@code orders/1@33}. */
  public static final String ORIGIN = "tailrace-origin";

  /** The pipeline in which it died. */
  public static final String PIPELINE = "tailrace-pipeline";

  /** The instance on which it died. */
  public static final String INSTANCE = "tailrace-instance";

  /** When the message had been written where it came from, ISO 8601. */
  public static final String ORIGIN_TIMESTAMP = "tailrace-origin-timestamp";

  /** When the first of its attempts failed that the instance knows of, ISO 8601. */
  public static final String FIRST_FAILED_AT = "tailrace-first-failed-at";

  /** When the last attempt failed, and it died, ISO 8601. */
  public static final String FAILED_AT = "tailrace-failed-at";

  private static final Set<String> ALL =
      Set.of(
          REASON,
          ERROR_CLASS,
          ERROR_MESSAGE,
          ATTEMPTS,
          ORIGIN,
          ORIGIN_TIMESTAMP,
          PIPELINE,
          INSTANCE,
          FIRST_FAILED_AT,
          FAILED_AT);

  private DeadLetterHeaders() {}

  /** Whether a header is one of these. */
  public static boolean isOurs(String name) {
    return ALL.contains(name);
  }
}
