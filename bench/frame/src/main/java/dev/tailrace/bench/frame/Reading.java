package dev.tailrace.bench.frame;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What the process has used by one moment.
 *
 * @param messages worked on
 * @param hottest of these, those of the first key, where they are counted
 * @param nanos of the clock
 * @param cpuNanos of all its threads, the collector's and the compiler's too
 * @param threadNanos of the processor, by the threads of Java code that are alive
 * @param allocated bytes, by the threads that are alive
 */
record Reading(
    long messages, long hottest, long nanos, long cpuNanos, long threadNanos, long allocated) {
  static Reading now(Work work) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] all = threads.getAllThreadIds();
    return new Reading(
        work.count(),
        work.countHottest(),
        System.nanoTime(),
        system.getProcessCpuTime(),
        sum(threads.getThreadCpuTime(all)),
        sum(threads.getThreadAllocatedBytes(all)));
  }

  /** Threads that have ended meanwhile say -1. */
  private static long sum(long[] values) {
    long sum = 0;
    for (long value : values) {
      sum += Math.max(0, value);
    }
    return sum;
  }

  Reading minus(Reading earlier) {
    return new Reading(
        messages - earlier.messages,
        hottest - earlier.hottest,
        nanos - earlier.nanos,
        cpuNanos - earlier.cpuNanos,
        threadNanos - earlier.threadNanos,
        allocated - earlier.allocated);
  }
}
