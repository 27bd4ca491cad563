package dev.tailrace.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Threads that keep no process alive: a virtual one for each task where the JVM has them, else as
 * many platform threads as the workers' limit, which end when they are idle. Thread-safe.
 */
final class DaemonThreads implements Executor {
  /** An idle platform thread ends after this time. */
  private static final long KEEP_ALIVE_SECONDS = 30;

  private final Executor threads;

  DaemonThreads(Workers workers) {
    ThreadFactory virtual = virtualThreads(workers.name());
    this.threads =
        virtual == null ? platformThreads(workers) : task -> virtual.newThread(task).start();
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  /** From now on at most so many run; those that do end in their time. */
  void limit(int most) {
    if (threads instanceof ThreadPoolExecutor pool) {
      if (most > pool.getMaximumPoolSize()) {
        pool.setMaximumPoolSize(most);
        pool.setCorePoolSize(most);
      } else {
        pool.setCorePoolSize(most);
        pool.setMaximumPoolSize(most);
      }
    }
  }

  /** No task comes any more: threads that are idle end now, the others after their tasks. */
  void end() {
    if (threads instanceof ThreadPoolExecutor pool) {
      pool.shutdown();
    }
  }

  private static ThreadPoolExecutor platformThreads(Workers workers) {
    AtomicLong number = new AtomicLong();
    // The loop bounds the queue: only works whose threads are just coming back are in it.
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            workers.limit(),
            workers.limit(),
            KEEP_ALIVE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread daemon = new Thread(task, workers.name() + "-" + number.getAndIncrement());
              daemon.setDaemon(true);
              return daemon;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Virtual threads by reflection, since this is compiled for 17; null where there are none. */
  private static @Nullable ThreadFactory virtualThreads(String name) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> builder = Class.forName("java.lang.Thread$Builder$OfVirtual");
      Object made =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(builder)).invoke();
      MethodType naming = MethodType.methodType(builder, String.class, long.class);
      Object named = lookup.findVirtual(builder, "name", naming).invoke(made, name + "-", 0L);
      MethodType making = MethodType.methodType(ThreadFactory.class);
      return (ThreadFactory) lookup.findVirtual(builder, "factory", making).invoke(named);
    } catch (ClassNotFoundException | NoSuchMethodException | UnsupportedOperationException older) {
      return null; // before 21, or 19 and 20 without their preview
    } catch (Throwable failure) {
      throw new IllegalStateException("cannot make virtual threads", failure);
    }
  }
}
