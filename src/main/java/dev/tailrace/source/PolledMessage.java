package dev.tailrace.source;

import dev.tailrace.message.Message;

/** A message of a log, as a poll brings it: with its place there and its weight. */
public interface PolledMessage extends Message {
  /** Its offset in its partition; at least 0, and growing within a partition. */
  long offset();

  /** What it weighs against the byte bound: key, body and headers; at least 1. */
  int bytes();
}
