package dev.tailrace.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;

/** How much of the heap lives. */
final class HeapUse {
  private HeapUse() {}

  /**
   * What the last collection of each part of the heap left there, in percent of the most that the
   * heap may have. A part that was not collected yet counts nothing, so that garbage never does.
   */
  static int percentAfterCollection() {
    long left = 0;
    for (MemoryPoolMXBean part : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage use = part.getType() == MemoryType.HEAP ? part.getCollectionUsage() : null;
      left += use == null ? 0 : use.getUsed();
    }
    return Math.toIntExact(100 * left / Runtime.getRuntime().maxMemory());
  }
}
