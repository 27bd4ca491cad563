package dev.tailrace.app;

import dev.tailrace.dispatch.Order;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import dev.tailrace.processing.BreakerPolicy;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * How late the handler is called again with messages of a stream that were put off so that a
 * thousand are due in each second, one in each millisecond.
 */
final class RetryLateness {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final RetryPolicy ONCE_MORE =
      RetryPolicy.DEFAULT.withAttempts(2).with(BreakerPolicy.OFF);

  private final Vertx vertx;
  private final BrokerEnds ends;
  private final Duration first;
  private final AtomicLongArray late; // nanoseconds, by message; 0 before it came again
  private final AtomicLong begin = new AtomicLong(); // nanoseconds, when the first one failed

  /**
   * Prepares a run.
   *
   * @param messages of which each fails once
   * @param first how long after the first failure the first one is due; all have to have failed by
   *     then
   */
  RetryLateness(Servers servers, Vertx vertx, int messages, Duration first) {
    this.vertx = vertx;
    this.ends = BrokerEnds.of("redis", servers, vertx);
    this.first = first;
    this.late = new AtomicLongArray(messages);
  }

  /**
   * What was measured.
   *
   * @param sorted in nanoseconds; below zero where a message was early
   */
  record Measured(List<Long> sorted) {
    Duration least() {
      return Duration.ofNanos(sorted.get(0));
    }

    Duration percentile(double share) {
      return Duration.ofNanos(sorted.get((int) Math.ceil(share * sorted.size()) - 1));
    }

    @Override
    public String toString() {
      return "%d messages late by %d ms (median), %d ms (p99), %d ms (most)"
          .formatted(
              sorted.size(),
              percentile(0.5).toMillis(),
              percentile(0.99).toMillis(),
              percentile(1).toMillis());
    }
  }

  /** Plays it with one pool; each message came twice then, and no more. */
  Measured play() throws Exception {
    ends.send(IntStream.range(0, late.length()).mapToObj(RetryLateness::message).toList());
    Pipeline pipeline =
        Pipeline.named("late")
            .handle(this::handle)
            .order(Order.UNORDERED)
            .limits(new PipelineLimits(128, 2_048, 64 << 20, 512))
            .retry(ONCE_MORE)
            .source(ends.reading())
            .retryTiers(ends.tiers(List.of(Duration.ofMillis(1))))
            .build();
    DrainConfig drain = DrainConfig.within(Duration.ofSeconds(8));
    Tailrace pool =
        Results.result(Tailrace.builder(vertx).add(pipeline).drain(drain).build().start());
    Duration all = first.plusMillis(late.length()).plus(PATIENCE);
    Awaitility.await()
        .atMost(all)
        .until(() -> IntStream.range(0, late.length()).allMatch(i -> late.get(i) != 0));
    if (Results.result(pool.drain(SIGTERM)).exitCode() != 0 || ends.unfinishedInTiers() > 0) {
      throw new AssertionError("something is left");
    }
    return new Measured(
        IntStream.range(0, late.length()).mapToLong(late::get).sorted().boxed().toList());
  }

  private Future<Outcome> handle(Message message, MessageContext context) {
    long now = System.nanoTime();
    begin.compareAndSet(0, now);
    int number = Integer.parseInt(Objects.requireNonNull(message.body()).toString());
    long due = begin.get() + first.toNanos() + TimeUnit.MILLISECONDS.toNanos(number);
    if (context.attempt() == 1) {
      return Future.succeededFuture(Outcome.retry("later", Duration.ofNanos(due - now)));
    }
    boolean fresh = late.compareAndSet(number, 0, now - due == 0 ? 1 : now - due);
    return fresh
        ? Future.succeededFuture(Outcome.done())
        : Future.failedFuture(new IllegalStateException(message + " came a third time"));
  }

  private static OutgoingMessage message(int number) {
    return new OutgoingMessage(null, Buffer.buffer(Integer.toString(number)), Headers.empty());
  }
}
