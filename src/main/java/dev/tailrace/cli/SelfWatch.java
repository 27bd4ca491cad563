package dev.tailrace.cli;

import dev.tailrace.config.ConfigSection;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.lifecycle.Trigger.Kind;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Asks for the end of this process when it is worn or has done its work: the section {@code
 * drain.triggers}. It looks once a second, on a daemon thread of its own, and ends with the first
 * thing it finds; messages are counted where they finish. Thread-safe.
 */
final class SelfWatch implements PoolEvents {
  /** How often it looks. */
  static final Duration LOOK = Duration.ofSeconds(1);

  /** How long the pool may take to say which of its loops are silent. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Limits limits;
  private final LongSupplier nanos;
  private final IntSupplier heapPercent;
  private final Consumer<Trigger> drain;
  private final AtomicLong finished = new AtomicLong();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final long begun;
  private int failures; // this watch's thread only; looks in a row that found a silent loop

  /**
   * What it looks for; 0 is never.
   *
   * @param healthFailures so many looks in a row a loop was silent
   * @param heapPercent of the heap in use after a collection
   * @param maxUptime of the process
   * @param maxMessages finished, whatever their outcome
   */
  record Limits(int healthFailures, int heapPercent, Duration maxUptime, long maxMessages) {
    /** Reads the section {@code drain.triggers}. */
    static Limits read(ConfigSection triggers) {
      return new Limits(
          triggers.integer("health-failures"),
          triggers.percent("heap"),
          triggers.duration("max-uptime"),
          triggers.integer("max-messages"));
    }
  }

  /**
   * Makes a watch, whose time runs from now.
   *
   * @param nanos the monotonic clock
   * @param heapPercent in use after the last collection
   * @param drain begins the drain, or joins it
   */
  SelfWatch(Limits limits, LongSupplier nanos, IntSupplier heapPercent, Consumer<Trigger> drain) {
    this.limits = limits;
    this.nanos = nanos;
    this.heapPercent = heapPercent;
    this.drain = drain;
    this.begun = nanos.getAsLong();
  }

  /**
   * Begins to look, where there is anything to look for.
   *
   * @param silent the loops that do not answer; may itself never complete
   */
  void start(Supplier<Future<List<String>>> silent) {
    if (limits.healthFailures() == 0 && limits.heapPercent() == 0 && limits.maxUptime().isZero()) {
      return;
    }
    Thread thread = new Thread(() -> run(silent), "tailrace-self-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** Looks no more. */
  void end() {
    ended.countDown();
  }

  private void run(Supplier<Future<List<String>>> silent) {
    try {
      while (!ended.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        look(silent);
      }
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks once. */
  void look(Supplier<Future<List<String>>> silent) throws InterruptedException {
    Duration up = Duration.ofNanos(nanos.getAsLong() - begun);
    if (!limits.maxUptime().isZero() && up.compareTo(limits.maxUptime()) >= 0) {
      ask(Kind.MAX_UPTIME, "ran for " + Phrases.duration(up) + ", as max-uptime says");
    }
    int used = limits.heapPercent() == 0 ? 0 : heapPercent.getAsInt();
    if (limits.heapPercent() > 0 && used >= limits.heapPercent()) {
      ask(Kind.HEAP, used + " % of the heap are in use after a collection");
    }
    if (limits.healthFailures() > 0) {
      lookAtHealth(silent);
    }
  }

  private void lookAtHealth(Supplier<Future<List<String>>> silent) throws InterruptedException {
    List<String> now = answered(silent);
    failures = now.isEmpty() ? 0 : failures + 1;
    if (failures >= limits.healthFailures()) {
      ask(Kind.HEALTH, failures + " times in a row no answer of " + String.join(", ", now));
    }
  }

  private static List<String> answered(Supplier<Future<List<String>>> silent)
      throws InterruptedException {
    try {
      return silent
          .get()
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException silentItself) {
      return List.of("the pool's control");
    }
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    finished();
  }

  /** A message has finished, whatever its outcome. */
  void finished() {
    long now = finished.incrementAndGet();
    if (now == limits.maxMessages()) {
      ask(Kind.MAX_MESSAGES, "finished " + Phrases.count(now, "message"));
    }
  }

  private void ask(Kind kind, String reason) {
    end();
    drain.accept(new Trigger(kind, reason));
  }
}
