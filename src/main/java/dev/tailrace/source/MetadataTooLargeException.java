package dev.tailrace.source;

/**
 * The broker refused a commit because of the length of its metadata; nothing was committed. The
 * window shrinks, and the next commit carries less.
 */
public final class MetadataTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message names the partition. */
  public MetadataTooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}
