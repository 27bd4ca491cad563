package dev.tailrace.observe;

import dev.tailrace.runtime.Loop;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * What a reader of events lets handlers run in, as the span of their attempt, so that what they
 * call themselves is part of it. Asked after {@link PoolEvents#started}, on the loop, for a call of
 * one message. Thread-safe.
 */
public interface CallScope {
  /** The call on a thread of workers: the scope holds for as long as it lasts. */
  <T> Callable<T> around(Subject subject, Callable<T> call);

  /**
   * Makes the call at once, in the turn of {@code loop} that this is. The scope also holds for what
   * the call goes on with in later turns, where the loop can tell that apart from all else.
   */
  <T> T within(Subject subject, Loop loop, Supplier<T> call);
}
