package dev.tailrace.interleaving;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Several threads at once. */
public final class Race {
  private Race() {}

  /** Runs each on a thread of its own and waits for all; throws what the first threw that did. */
  public static void between(Runnable... runners) {
    AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (Runnable runner : runners) {
      threads.add(new Thread(() -> run(runner, first)));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      join(thread);
    }
    Throwable failure = first.get();
    if (failure != null) {
      throw new AssertionError("in a racing thread", failure);
    }
  }

  private static void run(Runnable runner, AtomicReference<@Nullable Throwable> first) {
    try {
      runner.run();
    } catch (Throwable failure) { // whatever it is, it is the race's
      first.compareAndSet(null, failure);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException urged) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", urged);
    }
  }

  /** Fails the race where {@code kept} is false. */
  public static void require(boolean kept, String otherwise) {
    if (!kept) {
      throw new IllegalStateException(otherwise);
    }
  }
}
