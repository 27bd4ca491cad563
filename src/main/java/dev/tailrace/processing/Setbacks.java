package dev.tailrace.processing;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What went wrong with a message so far; most messages have none. Event loop only. */
final class Setbacks {
  boolean tried; // an attempt did not finish it, for whatever reason
  int failures;
  int snoozes;
  int deaths;
  boolean shared; // its last failure was that of a whole batch
  boolean silent; // and the breaker heard of that by another message
  boolean alone; // one of its failures was: from then on its batches are of one
  @Nullable String resume; // where to go on
  @Nullable Instant firstFailed;
  int round; // of the breaker, when it counted this message as failing
  long votedAt;
}
