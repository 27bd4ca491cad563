package dev.tailrace.observe;

import java.util.Locale;

/** The kinds of alarm, as in {@code tailrace.alarms{kind}} and the event log's detail. */
public enum Alarm {
  /** A handler runs past its time-out and the grace after it. */
  STUCK,
  /** A handler kept its event loop too long within its call; told when it has returned. */
  BLOCKED,
  /** A broker or store does not answer. */
  UNREACHABLE,
  /** A broker answers, and refuses the login, a right, or the consumer as it is. */
  REFUSED,
  /** A group, stream or topic vanished and was made again. */
  SOURCE_RESET,
  /** A topic that is read is not there. */
  SOURCE_MISSING,
  /** Entries or records were deleted at the source before they were read. */
  SOURCE_LOSS,
  /** The idempotency store lost records: what had finished may be processed again. */
  STORE_LOSS,
  /** Commit metadata did not read back; messages repeat. */
  METADATA,
  /** A dead letter does not fit its destination. */
  DEAD_LETTER_REFUSED,
  /** A message does not fit its tier of retries; it waits in the pool instead. */
  MOVE_REFUSED,
  /** So many messages fail that it is an outage: starts pause, single messages probe. */
  OUTAGE,
  /** A drain would not end before its tail what is here: it would be given back or abandoned. */
  DRAIN_TOO_LONG,
  /** A message that may have ended its process runs alone. */
  SUSPECT,
  /** The window of a partition is full; the message that holds the mark is named. */
  WINDOW_FULL;

  /** As written in metrics and events. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
