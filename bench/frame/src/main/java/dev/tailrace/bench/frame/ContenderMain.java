package dev.tailrace.bench.frame;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The process of a contender: starts it, waits until it is warm, measures a window, ends it, and
 * prints one line of JSON that begins with {@code result}.
 *
 * <p>It is warm after so many messages, and once its JVM compiles hardly any more; but after so
 * many messages or so much time at most. The window is as long as so many messages more, or so much
 * time.
 */
public final class ContenderMain {
  private static final long GLANCE_MILLIS = 2;
  private static final long LOOK_MILLIS = 250;
  private static final int QUIET_LOOKS = 4;
  private static final CompilationMXBean COMPILER = ManagementFactory.getCompilationMXBean();

  private ContenderMain() {}

  /**
   * Runs one.
   *
   * @param arguments the contender's class, then {@code name=value} of its setting: {@code order},
   *     {@code timed}, {@code hot}, {@code stop}, {@code warm-messages}, {@code warm-most}, {@code
   *     warm-seconds}, {@code messages}, {@code seconds}
   */
  public static void main(String[] arguments) {
    int status = 1;
    try {
      measure(arguments);
      status = 0;
    } catch (Exception e) {
      e.printStackTrace();
    } finally {
      System.exit(status); // whatever threads the contender has left behind
    }
  }

  private static void measure(String[] arguments) throws Exception {
    Contender contender =
        (Contender) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
    List<String> values = Arrays.asList(arguments).subList(1, arguments.length);
    Setting setting = Setting.of(values);
    Work.Order order = Work.Order.valueOf(setting.get("order").toUpperCase(Locale.ROOT));
    Work work = new Work(order, setting.is("timed"), setting.is("hot"));
    Commits.confirmed(); // none yet: where they are not watched, none comes after the end
    contender.start(setting, work);
    // The first message ends the time in which a group assigns its partitions.
    await(work, 1, 60);
    warmUp(setting, work);
    long compiled = COMPILER.getTotalCompilationTime();
    work.beginWindow();
    Reading begun = Reading.now(work);
    await(work, begun.messages() + setting.number("messages"), setting.number("seconds"));
    Reading window = Reading.now(work).minus(begun);
    compiled = COMPILER.getTotalCompilationTime() - compiled;
    long stopping = System.nanoTime();
    boolean ended = stop(contender);
    long stopped = System.nanoTime() - stopping;
    long committed = Math.max(0, Commits.last() - stopping);
    print(work, window, compiled, new End(ended, committed / 1_000_000, stopped / 1_000_000));
  }

  /** Whether it has ended in order; one that fails to has been measured all the same. */
  private static boolean stop(Contender contender) {
    try {
      contender.stop();
      return true;
    } catch (Exception e) {
      e.printStackTrace();
      return false;
    }
  }

  /**
   * The end, from the wish to stop.
   *
   * @param inOrder whether it came to its end, or failed on the way
   * @param commitMillis until the last commit was confirmed, where commits are watched
   * @param stopMillis until all was closed, or it had failed
   */
  private record End(boolean inOrder, long commitMillis, long stopMillis) {}

  /**
   * Looks at each message for a while, then at none until the JVM hardly compiles any more: what it
   * had compiled until then has to be compiled anew, as it looked at each.
   */
  private static void warmUp(Setting setting, Work work) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(setting.number("warm-seconds"));
    await(work, setting.number("warm-messages"), setting.number("warm-seconds"));
    work.endChecks();
    Thread.sleep(TimeUnit.SECONDS.toMillis(Long.parseLong(setting.get("unchecked-seconds", "0"))));
    int quiet = 0;
    while (quiet < QUIET_LOOKS
        && work.count() < setting.number("warm-most")
        && System.nanoTime() - end < 0) {
      long before = COMPILER.getTotalCompilationTime();
      Thread.sleep(LOOK_MILLIS);
      boolean compiles = COMPILER.getTotalCompilationTime() - before > LOOK_MILLIS / 20;
      quiet = compiles ? 0 : quiet + 1;
    }
  }

  private static void await(Work work, long messages, long seconds) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (work.count() < messages && System.nanoTime() - end < 0) {
      Thread.sleep(GLANCE_MILLIS);
    }
  }

  private static void print(Work work, Reading window, long compileMillis, End end) {
    long[] latencies = work.latencies();
    System.out.printf(
        Locale.ROOT,
        "result {\"messages\": %d, \"nanos\": %d, \"cpuNanos\": %d, \"threadNanos\": %d, \"allocated\": %d,"
            + " \"handled\": %d, \"checked\": %d, \"wrong\": %d, \"compileMillis\": %d,"
            + " \"p50Nanos\": %d, \"p99Nanos\": %d, \"hottest\": %d, \"ended\": %b, \"commitMillis\": %d, \"stopMillis\": %d}%n",
        window.messages(),
        window.nanos(),
        window.cpuNanos(),
        window.threadNanos(),
        window.allocated(),
        work.count(),
        work.countChecked(),
        work.countWrong(),
        compileMillis,
        percentile(latencies, 50),
        percentile(latencies, 99),
        window.hottest(),
        end.inOrder(),
        end.commitMillis(),
        end.stopMillis());
  }

  private static long percentile(long[] sorted, int percent) {
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }
}
