package dev.tailrace.source;

import dev.tailrace.message.Message;
import org.jspecify.annotations.Nullable;

/** A message of a log, as a poll brings it: with its place there and its weight. */
public interface PolledMessage extends Message {
  /** Its offset in its partition; at least 0, and growing within a partition. */
  long offset();

  /** What it weighs against the byte bound: key, body and headers; at least 1. Asked often. */
  int bytes();

  /** What it brings along from the tier of retries in which it lies; null where it lies in none. */
  default @Nullable Retried retried() {
    return null;
  }

  /** See {@link Delivery#laneKey}. */
  default @Nullable Object laneKey() {
    return key();
  }
}
