package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolStatus;
import dev.tailrace.app.Tailrace;
import dev.tailrace.lifecycle.DrainProgress;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.PoolEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The demo as one sees it: the live view while the pool runs, the drain phase by phase. Its thread
 * is a daemon and ends with the drain.
 */
final class DemoWatch implements PoolWatch {
  private static final long REPAINT_MILLIS = 250;
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final LiveScreen screen;
  private final DemoFiles files;
  private final Load load;
  private final @Nullable Duration length;
  private final DemoTable table = new DemoTable(); // viewing thread only
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile @Nullable PoolStatus status; // written by whichever loop answers
  private volatile long runningSince = Long.MIN_VALUE; // written by the main thread
  private long lastLine = Long.MIN_VALUE; // viewing thread only
  private int phases; // viewing thread, and the main thread after it
  private boolean drainTold; // viewing thread, and the main thread after it

  /** The messages that the pool is shown with. */
  interface Load {
    /** The pool runs: they may come. */
    void begin();

    /** The pool stops: no more of them; fine to call twice. */
    void end();
  }

  /**
   * Shows a demo.
   *
   * @param length how long it runs before it stops by itself, or null
   */
  DemoWatch(LiveScreen screen, DemoFiles files, Load load, @Nullable Duration length) {
    this.screen = screen;
    this.files = files;
    this.load = load;
    this.length = length;
  }

  @Override
  public Optional<PoolEvents> reader() {
    return Optional.of(new DemoEvents(files, sentence -> screen.say("  " + sentence)));
  }

  @Override
  public void starting(Tailrace pool) {
    Thread thread = new Thread(() -> view(pool), "tailrace-demo-view");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void listening(String probes, String admin) {
    screen.say(
        List.of(
            "Look into it from another terminal:",
            "  curl " + probes + "/metrics",
            "  java -jar target/tailrace.jar status --url " + admin,
            ""));
  }

  @Override
  public void running(Tailrace pool) {
    runningSince = System.nanoTime();
    load.begin();
  }

  @Override
  public void draining(Tailrace pool) {
    load.end();
  }

  @Override
  public void drained(DrainReport report) {
    over.countDown();
    synchronized (this) {
      told(report.phases());
    }
    screen.clear();
  }

  private void view(Tailrace pool) {
    try {
      while (!over.await(REPAINT_MILLIS, TimeUnit.MILLISECONDS)) {
        pool.status().onSuccess(now -> status = now);
        tick(pool, System.nanoTime());
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void tick(Tailrace pool, long now) {
    if (over.getCount() == 0) {
      return;
    }
    pool.progress().ifPresent(this::tell);
    PoolStatus latest = status;
    if (latest != null) {
      show(latest, pool, now);
    }
    Duration limit = length;
    if (limit != null
        && pool.state() == State.RUNNING
        && runningSince != Long.MIN_VALUE
        && now - runningSince > limit.toNanos()) {
      pool.drain(new Trigger(Trigger.Kind.FINISHED, "--for is over"));
    }
  }

  private void show(PoolStatus latest, Tailrace pool, long now) {
    if (screen.live()) {
      List<String> block = new ArrayList<>();
      block.add(headline(pool, now));
      block.addAll(table.lines(latest, now));
      screen.paint(block);
    } else if (runningSince != Long.MIN_VALUE
        && now - Math.max(lastLine, runningSince) > LINE_NANOS) {
      lastLine = now;
      screen.say("  " + table.line(latest, now));
    }
  }

  private String headline(Tailrace pool, long now) {
    StringBuilder line = new StringBuilder(files.name()).append(" · ").append(pool.state().label());
    Optional<DrainProgress> drain = pool.progress();
    if (drain.isPresent()) {
      drain.map(DrainProgress::current).ifPresent(phase -> line.append(": ").append(phase.label()));
      long left = Math.max(drain.get().left(now).toMillis(), 0);
      return line.append(" · ").append(Phrases.duration(left)).append(" left").toString();
    }
    if (runningSince != Long.MIN_VALUE) {
      line.append(' ').append((now - runningSince) / 1_000_000_000L).append(" s");
    }
    return line.append(" · Ctrl-C drains it").toString();
  }

  private void tell(DrainProgress progress) {
    told(progress.ended());
  }

  private void told(List<PhaseResult> ended) {
    if (!drainTold) {
      drainTold = true;
      screen.say(List.of("", "Draining. Phase by phase:"));
    }
    while (phases < ended.size()) {
      PhaseResult phase = ended.get(phases++);
      screen.say("  " + (phase.result() == PhaseResult.Result.DONE ? "✓ " : "! ") + row(phase));
    }
  }

  /** {@code settle 12 ms 3 marks}. */
  private static String row(PhaseResult phase) {
    String result = phase.result() == PhaseResult.Result.DONE ? "" : " " + phase.result().label();
    String detail = phase.detail().isEmpty() ? "" : "  " + phase.detail();
    return "%-16s %8s%s%s"
        .formatted(phase.phase().label(), Phrases.duration(phase.duration()), result, detail);
  }
}
