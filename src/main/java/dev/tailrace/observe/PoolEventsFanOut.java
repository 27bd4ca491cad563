package dev.tailrace.observe;

import dev.tailrace.message.Fence;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every event to all its readers, in their order. A reader that throws is named in the log,
 * and keeps no event from the others or the pool from its work. Thread-safe where its readers are.
 */
public final class PoolEventsFanOut implements PoolEvents {
  private static final Logger LOG = LoggerFactory.getLogger(PoolEventsFanOut.class);

  private final PoolEvents[] readers; // never changed
  private final @Nullable CallScope calls;
  private final AtomicLong failures = new AtomicLong();

  /** Gives events to {@code readers}; handlers run in what the first asks for that asks. */
  public PoolEventsFanOut(List<PoolEvents> readers) {
    this.readers = List.copyOf(readers).toArray(PoolEvents[]::new);
    this.calls =
        readers.stream().map(PoolEvents::calls).filter(Objects::nonNull).findFirst().orElse(null);
  }

  @Override
  public @Nullable CallScope calls() {
    return calls;
  }

  private void each(Consumer<PoolEvents> event) {
    for (PoolEvents reader : readers) {
      try {
        event.accept(reader);
      } catch (RuntimeException | Error thrown) {
        failed(reader, thrown);
      }
    }
  }

  private void failed(PoolEvents reader, Throwable thrown) {
    long failed = failures.incrementAndGet();
    if (Long.bitCount(failed) == 1) { // the 1st, 2nd, 4th, …: it may fail on every event
      LOG.error("{} failed on a pool event, {} so far", reader.getClass(), failed, thrown);
    }
  }

  /** Whether nobody reads: of what each message brings about nothing has to be made then. */
  private boolean isUnread() {
    return readers.length == 0;
  }

  @Override
  public void state(String from, String to, String reason) {
    each(reader -> reader.state(from, to, reason));
  }

  @Override
  public void configured(String pipeline, String limits) {
    each(reader -> reader.configured(pipeline, limits));
  }

  @Override
  public void reads(String pipeline, String system, String group) {
    each(reader -> reader.reads(pipeline, system, group));
  }

  @Override
  public void remembers(String pipeline, long since) {
    each(reader -> reader.remembers(pipeline, since));
  }

  @Override
  public void forgot(String pipeline, long from, long to) {
    each(reader -> reader.forgot(pipeline, from, to));
  }

  @Override
  public void assigned(String pipeline, String source, int epoch, String position) {
    each(reader -> reader.assigned(pipeline, source, epoch, position));
  }

  @Override
  public void revoked(String pipeline, String source, int epoch, String commit) {
    each(reader -> reader.revoked(pipeline, source, epoch, commit));
  }

  @Override
  public void lost(String pipeline, String source, int epoch) {
    each(reader -> reader.lost(pipeline, source, epoch));
  }

  @Override
  public void received(Subject subject) {
    if (!isUnread()) {
      each(reader -> reader.received(subject));
    }
  }

  @Override
  public void parked(Subject subject, Duration delay, String reason) {
    each(reader -> reader.parked(subject, delay, reason));
  }

  @Override
  public void held(Subject subject, Duration delay, String reason) {
    each(reader -> reader.held(subject, delay, reason));
  }

  @Override
  public void claim(Subject subject, String answer, @Nullable Fence fence) {
    each(reader -> reader.claim(subject, answer, fence));
  }

  @Override
  public void started(Subject subject) {
    if (!isUnread()) {
      each(reader -> reader.started(subject));
    }
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    if (!isUnread()) {
      each(reader -> reader.settled(subject, finish, detail));
    }
  }

  @Override
  public void committed(String pipeline, String source, int epoch, String position) {
    each(reader -> reader.committed(pipeline, source, epoch, position));
  }

  @Override
  public void readBack(String pipeline, String source, int epoch, String position) {
    each(reader -> reader.readBack(pipeline, source, epoch, position));
  }

  @Override
  public void released(Subject subject, String reason) {
    each(reader -> reader.released(subject, reason));
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    each(reader -> reader.abandoned(subject, stage));
  }

  @Override
  public void overran(Subject subject) {
    each(reader -> reader.overran(subject));
  }

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    each(reader -> reader.alarm(pipeline, source, kind, detail));
  }

  @Override
  public void handled(Subject subject, long nanos, String outcome) {
    if (!isUnread()) {
      each(reader -> reader.handled(subject, nanos, outcome));
    }
  }

  @Override
  public void waited(Subject subject, long nanos) {
    if (!isUnread()) {
      each(reader -> reader.waited(subject, nanos));
    }
  }

  @Override
  public void settling(Subject subject, long nanos) {
    if (!isUnread()) {
      each(reader -> reader.settling(subject, nanos));
    }
  }

  @Override
  public void retried(Subject subject, String reason) {
    each(reader -> reader.retried(subject, reason));
  }

  @Override
  public void spared(Subject subject, String reason) {
    each(reader -> reader.spared(subject, reason));
  }

  @Override
  public void breaker(String pipeline, boolean open, String detail) {
    each(reader -> reader.breaker(pipeline, open, detail));
  }

  @Override
  public void suspended(String pipeline, boolean now) {
    each(reader -> reader.suspended(pipeline, now));
  }

  @Override
  public void deadLettered(Subject subject, String reason, String destination) {
    each(reader -> reader.deadLettered(subject, reason, destination));
  }

  @Override
  public void commit(String pipeline, String result) {
    each(reader -> reader.commit(pipeline, result));
  }

  @Override
  public void revocation(String pipeline, Duration duration) {
    each(reader -> reader.revocation(pipeline, duration));
  }

  @Override
  public void phase(String phase, long inFlight) {
    each(reader -> reader.phase(phase, inFlight));
  }

  @Override
  public void drainBegin(String trigger, String reason) {
    each(reader -> reader.drainBegin(trigger, reason));
  }

  @Override
  public void drainEnd(String result) {
    each(reader -> reader.drainEnd(result));
  }
}
