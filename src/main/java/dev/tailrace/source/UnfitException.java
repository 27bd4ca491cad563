package dev.tailrace.source;

/**
 * A broker or store answers, but cannot be used as it is configured: a missing topic, a wrong
 * password, another assignor. Trying again does not help; the process exits with 5.
 */
public final class UnfitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says what is wrong and what to do about it. */
  public UnfitException(String message) {
    super(message);
  }

  /** As above, with the failure behind it. */
  public UnfitException(String message, Throwable cause) {
    super(message, cause);
  }
}
