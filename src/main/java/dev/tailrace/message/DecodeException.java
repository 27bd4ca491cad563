package dev.tailrace.message;

/** The bytes of a message do not read as what the handler expects; permanent by nature. */
public final class DecodeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Keeps the decoder's own failure as the cause. */
  public DecodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
