package dev.tailrace.sink;

/** A destination will never accept this message as it is: it is too large, for one. */
public final class MessageRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says which limit, and whose. */
  public MessageRefusedException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Where the limit is found here, before anything is sent; the message says which. */
  public MessageRefusedException(String message) {
    super(message);
  }
}
