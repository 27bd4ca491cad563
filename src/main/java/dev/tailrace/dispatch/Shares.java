package dev.tailrace.dispatch;

import java.util.Collection;
import java.util.function.ToLongFunction;

/**
 * How much of a room each partition may fill: an even share, for its weight, of what those leave
 * that hold more than theirs already (max-min fairness). Event loop only.
 */
final class Shares {
  private final long all;
  private final ToLongFunction<PartitionBuffer> held;
  private long weights = 1; // of those that hold no more than their share
  private long each; // for a weight of one, of the room for these
  private long rest; // of that room
  private boolean uneven; // somebody holds more

  /**
   * Makes it, for nobody.
   *
   * @param all the room
   * @param held how much of it a partition has filled
   */
  Shares(long all, ToLongFunction<PartitionBuffer> held) {
    this.all = all;
    this.held = held;
    share(all, 1);
  }

  /** Divides the room anew, as often as what is left turns out to be too little for one more. */
  void divide(Collection<PartitionBuffer> partitions) {
    uneven = false;
    long sum = 0;
    for (PartitionBuffer partition : partitions) {
      sum += partition.weight;
    }
    share(all, Math.max(1, sum));
    while (leave(partitions)) {
      uneven = true;
    }
  }

  /** Whether those that hold too much are more than before, and not all. */
  private boolean leave(Collection<PartitionBuffer> partitions) {
    long left = all;
    long weight = 0;
    for (PartitionBuffer partition : partitions) {
      long holds = held.applyAsLong(partition);
      if (holds > of(partition)) {
        left -= holds;
      } else {
        weight += partition.weight;
      }
    }
    if (weight == 0 || weight == weights) {
      return false;
    }
    share(Math.max(0, left), weight);
    return true;
  }

  private void share(long room, long among) {
    weights = among;
    each = room / among;
    rest = room % among;
  }

  /** At least 1; without a product that a bound without bound would overflow. */
  long of(PartitionBuffer partition) {
    return Math.max(1, each * partition.weight + rest * partition.weight / weights);
  }

  /** From so much room on it may get credit again. */
  static long half(long share) {
    return Math.max(1, share / 2);
  }

  /** Half of the smallest one. */
  long leastHalf(Collection<PartitionBuffer> partitions) {
    long least = all;
    for (PartitionBuffer partition : partitions) {
      least = Math.min(least, of(partition));
    }
    return half(least);
  }

  /** Whether some have less than an even share, since others hold more. */
  boolean areUneven() {
    return uneven;
  }
}
