package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolStatus;
import dev.tailrace.app.PoolStatus.Dependency;
import dev.tailrace.app.Tailrace;
import dev.tailrace.lifecycle.DrainProgress;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a pool as lines of the log: which broker or store is awaited, after two seconds and then
 * every 10 s; each phase of the drain when it is over. Its thread is a daemon and ends with the
 * drain.
 */
final class LogWatch implements PoolWatch {
  private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);

  /** What has not connected by then is worth a word: before, every start would have one. */
  private static final Duration SHORT_WAIT = Duration.ofSeconds(2);

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration REPEAT = Duration.ofSeconds(10);

  private final Map<String, Long> told = new HashMap<>(); // watching thread only
  private volatile boolean awaiting = true; // written by the main thread
  private volatile boolean over; // written by the main thread
  private int phases; // watching thread only
  private long lastProgress = System.nanoTime(); // watching thread only

  @Override
  public Optional<PoolEvents> reader() {
    return Optional.of(new LoggedEvents());
  }

  @Override
  public void starting(Tailrace pool) {
    Thread thread = new Thread(() -> watch(pool), "tailrace-watch");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void running(Tailrace pool) {
    awaiting = false;
    LOG.info("running: {}", pool.identity().instance());
  }

  @Override
  public void draining(Tailrace pool) {
    awaiting = false;
  }

  @Override
  public void drained(DrainReport report) {
    over = true;
    ReportText.lines(report.toJson()).forEach(LOG::info);
  }

  private void watch(Tailrace pool) {
    while (!over) {
      if (awaiting) {
        pool.status().onSuccess(this::await);
      }
      pool.progress().ifPresent(progress -> draining(pool, progress));
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private synchronized void await(PoolStatus status) {
    long now = System.nanoTime();
    for (Dependency need : status.dependencies()) {
      if (!isAwaited(need, Instant.now())) {
        continue;
      }
      Long last = told.get(need.name());
      if (last == null || now - last > REPEAT.toNanos()) {
        told.put(need.name(), now);
        LOG.warn("waiting for {}: {}", need.name(), need.error());
      }
    }
  }

  /** Whether it has been away for so long that somebody should know. */
  static boolean isAwaited(Dependency need, Instant now) {
    return !need.state().equals("connected")
        && need.error() != null
        && Duration.between(need.since(), now).compareTo(SHORT_WAIT) >= 0;
  }

  private void draining(Tailrace pool, DrainProgress progress) {
    List<PhaseResult> ended = progress.ended();
    long now = System.nanoTime();
    while (phases < ended.size()) {
      LOG.info("drain: {}", line(ended.get(phases++)));
      lastProgress = now;
    }
    if (now - lastProgress > REPEAT.toNanos()) {
      lastProgress = now;
      String left = Phrases.duration(progress.left(now));
      pool.counts().onSuccess(counts -> remaining(counts.values(), left));
    }
  }

  private static void remaining(Collection<MessageCounts> pipelines, String left) {
    MessageCounts all = pipelines.stream().reduce(MessageCounts.NONE, MessageCounts::plus);
    LOG.info(
        "drain: {} executing, {} buffered, {} parked; {} left",
        all.executing(),
        all.buffered(),
        all.parked(),
        left);
  }

  /** {@code settle: done in 12 ms of 2.5 s (3 marks)}. */
  static String line(PhaseResult phase) {
    List<String> line = new ArrayList<>();
    line.add(phase.phase().label() + ":");
    line.add(phase.result().label());
    line.add(
        "in " + Phrases.duration(phase.duration()) + " of " + Phrases.duration(phase.budget()));
    if (!phase.detail().isEmpty()) {
      line.add("(" + phase.detail() + ")");
    }
    Optional.ofNullable(phase.failure())
        .ifPresent(failure -> line.add("— " + failure.getMessage()));
    return String.join(" ", line);
  }
}
