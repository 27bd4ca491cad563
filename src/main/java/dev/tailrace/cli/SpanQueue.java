package dev.tailrace.cli;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of spans that have ended to their receiver: a queue with a bound, and a daemon thread
 * that sends them in batches. Unlike the SDK's own it counts what it drops, and gives back at the
 * end what nobody has acknowledged. Thread-safe.
 */
final class SpanQueue implements SpanProcessor {
  /** So often at most a span is sent, and again so often at the end. */
  static final int TRIES = Posting.TRIES;

  private static final Logger LOG = LoggerFactory.getLogger(SpanQueue.class);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final SpanExporter exporter;
  private final Limits limits;
  private final ArrayBlockingQueue<SpanData> waiting;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private final Promise<End> end = Promise.promise();
  private volatile long deadline; // by System.nanoTime, written before ending
  private volatile long patience; // likewise: until when what was sent before may be answered
  private volatile boolean ending;
  private long losses; // the sending thread only: how often it has given up
  private int flushed; // the sending thread only: acknowledged since the end began
  private final Set<SpanData> unanswered = // the sending thread only; of those not acknowledged
      Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Its bounds, which are those of the SDK's own by the same variables ({@code OTEL_BSP_…}).
   *
   * @param queue so many spans wait at most
   * @param batch so many are sent at once
   * @param delay so long a span waits for others
   * @param timeout so long a batch may take
   */
  record Limits(int queue, int batch, Duration delay, Duration timeout) {
    static Limits of(ConfigProperties config) {
      int queue = Math.max(1, config.getInt("otel.bsp.max.queue.size", 2_048));
      int batch = Math.max(1, config.getInt("otel.bsp.max.export.batch.size", 512));
      return new Limits(
          queue,
          Math.min(batch, queue),
          config.getDuration("otel.bsp.schedule.delay", Duration.ofSeconds(5)),
          config.getDuration("otel.bsp.export.timeout", Duration.ofSeconds(30)));
    }
  }

  /**
   * What has become of the spans that were here at the end.
   *
   * @param flushed so many were acknowledged
   * @param unsent those that were not
   * @param unknown so many of them were sent and had no answer: they may have arrived
   */
  record End(int flushed, List<SpanData> unsent, int unknown) {}

  SpanQueue(SpanExporter exporter, Limits limits) {
    this.exporter = exporter;
    this.limits = limits;
    this.waiting = new ArrayBlockingQueue<>(limits.queue());
    this.thread = new Thread(this::run, "tailrace-spans");
    thread.setDaemon(true);
    thread.start();
  }

  /** How many spans were lost, for want of room or of a receiver that takes them. */
  long dropped() {
    return dropped.get();
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (!span.getSpanContext().isSampled()) {
      return;
    }
    if (ending || !waiting.offer(span.toSpanData())) {
      dropped.incrementAndGet();
    } else if (waiting.size() >= limits.batch()) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  /**
   * Sends what is here, three times at most; later spans are dropped. Fine to call twice.
   *
   * @return completes, on the sending thread; never fails
   */
  Future<End> end(Duration budget) {
    if (!ending) {
      long now = System.nanoTime();
      deadline = now + budget.toNanos();
      patience = now + budget.toNanos() / TRIES;
      ending = true;
      LockSupport.unpark(thread);
    }
    return end.future();
  }

  private void run() {
    List<SpanData> batch = new ArrayList<>();
    int failures = 0;
    while (!ending) {
      awaitBatch(failures > 0);
      waiting.drainTo(batch, limits.batch() - batch.size());
      if (batch.isEmpty()) {
        continue;
      }
      boolean sent = isSent(batch, nanosFromNow(limits.timeout()), false);
      failures = sent ? 0 : failures + 1;
      if (sent || (failures == TRIES && !ending)) {
        lost(failures == TRIES ? batch : List.of());
        batch = new ArrayList<>();
        failures = 0;
      }
    }
    waiting.drainTo(batch);
    List<SpanData> unsent = sendLast(batch);
    end.complete(new End(flushed, unsent, unanswered.size()));
  }

  /** Until there are as many as go at once, or for as long as one may wait, or rest. */
  private void awaitBatch(boolean rest) {
    long until = nanosFromNow(limits.delay());
    while (!ending && (rest || waiting.size() < limits.batch())) {
      long left = until - System.nanoTime();
      if (left <= 0) {
        return;
      }
      LockSupport.parkNanos(this, left);
    }
  }

  private void lost(List<SpanData> spans) {
    spans.forEach(unanswered::remove);
    long all = dropped.addAndGet(spans.size());
    if (!spans.isEmpty() && Long.bitCount(++losses) == 1) { // the 1st, 2nd, 4th, …
      LOG.warn("{} spans dropped so far: their receiver does not take them", all);
    }
  }

  /** What had no answer yet may arrive twice. */
  private List<SpanData> sendLast(List<SpanData> all) {
    List<SpanData> left = all;
    for (int attempt = 1; attempt <= TRIES && !left.isEmpty(); attempt++) {
      long now = System.nanoTime();
      long until = now + (deadline - now) / (TRIES - attempt + 1);
      left = unacknowledged(left, until);
      if (!left.isEmpty() && attempt < TRIES) {
        LockSupport.parkNanos(this, PAUSE.toNanos());
      }
    }
    return left;
  }

  private List<SpanData> unacknowledged(List<SpanData> all, long until) {
    for (int from = 0; from < all.size(); from += limits.batch()) {
      List<SpanData> some = all.subList(from, Math.min(all.size(), from + limits.batch()));
      if (!isSent(some, until, true)) {
        return List.copyOf(all.subList(from, all.size()));
      }
    }
    return List.of();
  }

  private boolean isSent(List<SpanData> batch, long until, boolean last) {
    CompletableResultCode answer;
    try {
      answer = exporter.export(batch);
    } catch (RuntimeException thrown) {
      answer = CompletableResultCode.ofExceptionalFailure(thrown);
    }
    answer.whenComplete(() -> LockSupport.unpark(thread));
    while (!answer.isDone()) {
      long left = until - System.nanoTime();
      if (!last && ending) {
        left = Math.min(left, patience - System.nanoTime());
      }
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    if (answer.isSuccess()) {
      flushed += ending ? batch.size() : 0;
      batch.forEach(unanswered::remove);
    } else if (!answer.isDone() || isOpen(answer.getFailureThrowable())) {
      unanswered.addAll(batch);
    }
    return answer.isSuccess();
  }

  /** Whether a failure leaves open if the receiver has got it: it was there, and did not answer. */
  private static boolean isOpen(@Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof ConnectException || at instanceof UnknownHostException) {
        return false;
      }
      if (at instanceof IOException) {
        return true;
      }
    }
    return false;
  }

  private static long nanosFromNow(Duration duration) {
    return System.nanoTime() + duration.toNanos();
  }
}
