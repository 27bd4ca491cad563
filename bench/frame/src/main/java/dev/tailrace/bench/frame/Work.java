package dev.tailrace.bench.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is done with each message: it is counted; and it is looked at, during the warm-up to see
 * whether each comes once and in its order, and later on where its time on the way is measured.
 * Thread-safe.
 *
 * <p>A body begins with its key, its place among the messages of that key, its partition, its place
 * in that, and the time at which it was sent, as five numbers of eight bytes.
 */
public final class Work {
  /** What the checks hold against. */
  enum Order {
    KEY,
    PARTITION,
    UNORDERED
  }

  private static final int MOST_LATENCIES = 1 << 20;

  private final Order order;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong checked = new AtomicLong();
  private final AtomicLong hottest = new AtomicLong();
  private final boolean timed;
  private final boolean hot;
  private volatile boolean checking = true;
  private volatile boolean watching = true;

  private final Object checks = new Object();
  private long[] next = new long[1 << 10]; // guarded by checks; by key, or by partition
  private BitSet[] seen = new BitSet[0]; // guarded by checks; by partition
  private long wrong; // guarded by checks

  private final long[] latencies = new long[MOST_LATENCIES]; // a ring: the last ones
  private final AtomicLong measured = new AtomicLong();

  /**
   * Makes it.
   *
   * @param timed whether time on the way is measured
   * @param hot whether the messages of the first key are counted
   */
  Work(Order order, boolean timed, boolean hot) {
    this.order = order;
    this.timed = timed;
    this.hot = hot;
  }

  /** Whether bodies are to be looked at now. */
  public boolean isWatching() {
    return watching;
  }

  /** Looks at the body of a message, when the work on it begins. */
  public void look(ByteBuffer body) {
    if (hot && body.getLong(0) == 0) {
      hottest.incrementAndGet();
    }
    if (checking) {
      check(body);
    } else if (timed) {
      arrived(body);
    }
  }

  private void check(ByteBuffer body) {
    long key = body.getLong(0);
    long place = body.getLong(8);
    int partition = Math.toIntExact(body.getLong(16));
    long placeThere = body.getLong(24);
    synchronized (checks) {
      if (!checking) {
        return;
      }
      checked.incrementAndGet();
      boolean right =
          switch (order) {
            case KEY -> follows(Math.toIntExact(key), place);
            case PARTITION -> follows(partition, placeThere);
            case UNORDERED -> isNew(partition, Math.toIntExact(placeThere));
          };
      wrong += right ? 0 : 1;
    }
  }

  private boolean follows(int line, long place) {
    if (line >= next.length) {
      next = Arrays.copyOf(next, Math.max(line + 1, 2 * next.length));
    }
    return next[line]++ == place;
  }

  private boolean isNew(int partition, int place) {
    while (partition >= seen.length) {
      seen = Arrays.copyOf(seen, seen.length + 1);
      seen[seen.length - 1] = new BitSet();
    }
    boolean first = !seen[partition].get(place);
    seen[partition].set(place);
    return first;
  }

  void endChecks() {
    synchronized (checks) {
      checking = false;
      watching = timed || hot;
    }
  }

  /** Times on the way count from now on: those of the warm-up are forgotten. */
  void beginWindow() {
    measured.set(0);
  }

  /** The work on a message is done. */
  public void done() {
    done.incrementAndGet();
  }

  /** The work on several messages is done. */
  public void done(int messages) {
    done.addAndGet(messages);
  }

  private void arrived(ByteBuffer body) {
    int cell = (int) (measured.getAndIncrement() & (MOST_LATENCIES - 1));
    latencies[cell] = System.nanoTime() - body.getLong(32);
  }

  /** Messages of the first key on which the work has begun, where they are counted. */
  long countHottest() {
    return hottest.get();
  }

  long count() {
    return done.get();
  }

  long countChecked() {
    return checked.get();
  }

  long countWrong() {
    synchronized (checks) {
      return wrong;
    }
  }

  /**
   * How long the last of the window were on their way, in ascending order; called after the end.
   */
  long[] latencies() {
    long[] sorted = Arrays.copyOf(latencies, (int) Math.min(measured.get(), MOST_LATENCIES));
    Arrays.sort(sorted);
    return sorted;
  }
}
