package dev.tailrace.observe;

import dev.tailrace.message.Fence;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Everything noteworthy that the pool says of itself, once, in one place; meters, traces and the
 * event log are its readers.
 *
 * <p>Called on the event loop of the consumer that the event belongs to, or, for {@link #state},
 * {@link #phase}, {@link #drainBegin} and {@link #drainEnd}, on any thread. An implementation is
 * quick, does not block, does not throw and keeps no {@link Subject}, save from {@link #started}
 * until it is told what became of that attempt. All methods do nothing by default.
 */
public interface PoolEvents {
  /** What handlers run in for this reader's sake; null where it does not ask for anything. */
  default @Nullable CallScope calls() {
    return null;
  }

  /** The process changed its state. */
  default void state(String from, String to, String reason) {}

  /**
   * A pipeline is about to begin in this process, with these limits.
   *
   * @param limits words {@code name=value} with blanks between; see the event log in
   *     docs/operations.md
   */
  default void configured(String pipeline, String limits) {}

  /**
   * A pipeline is about to read.
   *
   * @param system the kind of broker, as OpenTelemetry's conventions call it: kafka or redis
   * @param group the consumer group
   */
  default void reads(String pipeline, String system, String group) {}

  /**
   * It was found out since when the idempotency store remembers: at the start, and after each loss
   * of records.
   *
   * @param since in microseconds of the clock that fences are of
   */
  default void remembers(String pipeline, long since) {}

  /**
   * It was found out that what the idempotency store had written in between may be gone, and
   * nothing that it had written before: its server was started again, or replaced by another.
   *
   * @param from in microseconds of the clock that fences are of
   * @param to likewise
   */
  default void forgot(String pipeline, long from, long to) {}

  /** A partition or stream was assigned; {@code position} is where it goes on, or "". */
  default void assigned(String pipeline, String source, int epoch, String position) {}

  /**
   * A partition was handed back in order; its epoch has ended.
   *
   * @param commit what came of the commit with which it went: ok, also where there was none to be
   *     made; failed or unknown
   */
  default void revoked(String pipeline, String source, int epoch, String commit) {}

  /** A partition went to another consumer without asking. */
  default void lost(String pipeline, String source, int epoch) {}

  /** A message was taken into the pool. */
  default void received(Subject subject) {}

  /**
   * A message waits for its next attempt without a permit.
   *
   * @param reason begins with why: retry, snooze, busy or outage
   */
  default void parked(Subject subject, Duration delay, String reason) {}

  /**
   * A message waits for its next attempt with its permit, as there is no room for it to park.
   *
   * @param reason as in {@link #parked}
   */
  default void held(Subject subject, Duration delay, String reason) {}

  /**
   * A claim was answered: won, done, dead, busy, mismatch, unavailable, unknown, lost.
   *
   * @param fence the claim that was won or lost; null where none is known
   */
  default void claim(Subject subject, String answer, @Nullable Fence fence) {}

  /** The handler is about to be called. */
  default void started(Subject subject) {}

  /**
   * The message finished: its outcome is settled.
   *
   * @param detail words {@code name=value} where there are any, then the reason behind a colon:
   *     {@code fence} and {@code mark} (written, refused) where there is a store; {@code dlq}, the
   *     place of its dead letter; {@code moved}, its place in a tier of retries; {@code exhausted},
   *     after how many reported failures, and ends of its process while it ran alone
   */
  default void settled(Subject subject, Finish finish, String detail) {}

  /** The broker confirmed a position (the next to be read), or the acknowledgement of an entry. */
  default void committed(String pipeline, String source, int epoch, String position) {}

  /**
   * The broker was found to hold a position that it had not confirmed to this consumer: the answer
   * to its own commit was lost, or another consumer committed it.
   */
  default void readBack(String pipeline, String source, int epoch, String position) {}

  /** A message that was not finished went back unstarted, or ended after its partition had gone. */
  default void released(Subject subject, String reason) {}

  /** A message was left running or unacknowledged at the end of a drain. */
  default void abandoned(Subject subject, String stage) {}

  /** A handler was still running when its partition, or its message alone, had to go. */
  default void overran(Subject subject) {}

  /** Something a person should look at; {@code kind} is one of {@link Alarm}'s. */
  default void alarm(String pipeline, String source, Alarm kind, String detail) {}

  /** A handler call ended; {@code outcome} is an outcome kind in lower case, or "error". */
  default void handled(Subject subject, long nanos, String outcome) {}

  /** A message got its permit after waiting in the buffer. */
  default void waited(Subject subject, long nanos) {}

  /** Settling took this long, from the handler's outcome to the permit's return. */
  default void settling(Subject subject, long nanos) {}

  /** A retry was decided. */
  default void retried(Subject subject, String reason) {}

  /** A message failed in an outage: it will run again, and has lost no attempt. */
  default void spared(Subject subject, String reason) {}

  /**
   * A consumer's breaker opened or closed: new messages start no more, or start again.
   *
   * @param open whether it is open now
   * @param detail in words
   */
  default void breaker(String pipeline, boolean open, String detail) {}

  /**
   * In this consumer nothing starts any more, or starts again, for the sake of a message that may
   * have ended a process: it runs alone, here or in another consumer of the pool.
   */
  default void suspended(String pipeline, boolean now) {}

  /** A dead letter was acknowledged by its destination. */
  default void deadLettered(Subject subject, String reason, String destination) {}

  /** A commit was answered: ok, failed or unknown. */
  default void commit(String pipeline, String result) {}

  /** A revocation took this long. */
  default void revocation(String pipeline, Duration duration) {}

  /** A phase of the drain begins, with so many messages in flight as far as is known. */
  default void phase(String phase, long inFlight) {}

  /** The drain began. */
  default void drainBegin(String trigger, String reason) {}

  /** The drain ended with this result (clean, incomplete, forced). */
  default void drainEnd(String result) {}
}
