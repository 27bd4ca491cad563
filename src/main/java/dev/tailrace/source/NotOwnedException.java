package dev.tailrace.source;

/**
 * A partition is not this consumer's any more, in the epoch that was asked about, and never will be
 * again; nothing was written or read. Trying again is no use.
 */
public final class NotOwnedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message names the partition. */
  public NotOwnedException(Partition partition) {
    super(partition + " is not ours any more: nothing was written");
  }
}
