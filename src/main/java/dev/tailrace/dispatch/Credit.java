package dev.tailrace.dispatch;

import dev.tailrace.source.Source;
import java.util.Collection;

/**
 * Says how much each partition may still deliver. Every partition has an even share of the buffer,
 * save those of retry tiers, whose shares are small: most of what is in them waits there. A
 * partition that fills its share is held back alone, and is asked again when half of the share is
 * free. What one partition delivered beyond its credit is taken from that of the others, so that
 * what waits and what may come are together no more than the buffer holds. When the whole buffer is
 * full, all are held back. Event loop only.
 *
 * <p>Messages are counted while they wait; bytes until a message has ended, since what executes is
 * in memory as well: with large messages it is the bytes that say how many execute at once.
 *
 * <p>Not all of the buffer is promised to what comes: what executes may have to wait once more, for
 * its next attempt, and needs room then. So a reserve stays free, as large as the permits or the
 * retries that may be parked, whichever are fewer, at most half of the buffer.
 */
final class Credit {
  /** Of a partition that is read. */
  static final int WEIGHT = 8;

  /** Of a partition of a retry tier. */
  static final int WEIGHT_ASIDE = 1;

  private final DispatchConfig config;
  private final Source source;
  private final Tally tally;
  private final Collection<PartitionBuffer> partitions;
  private final int most; // messages, without the reserve
  private final long mostBytes;
  private boolean open = true;
  private boolean starved; // all are refused until the whole buffer is half empty
  private boolean cramped; // somebody without credit was refused it for the credit of others
  private int given; // credit of all partitions
  private long weights = 1; // of all partitions
  private int leastHalf = 1; // of the smallest share: from so much room on it may get credit again

  Credit(
      DispatchConfig config, Source source, Tally tally, Collection<PartitionBuffer> partitions) {
    this.config = config;
    this.source = source;
    this.tally = tally;
    this.partitions = partitions;
    int buffer = config.bufferMessages();
    int reserve = Math.min(buffer / 2, Math.min(config.parked(), config.concurrency()));
    this.most = buffer - reserve;
    this.mostBytes = config.bufferBytes() - config.bufferBytes() / buffer * reserve;
  }

  /** Whether a message that executes may wait once more, without its permit. */
  boolean admits(int bytes) {
    return tally.waiting() < config.bufferMessages()
        && (tally.waiting() == 0 || tally.waitingBytes() + bytes <= config.bufferBytes());
  }

  /** Opens or closes the intake of all partitions. */
  void open(boolean value) {
    open = value;
    updateAll();
  }

  /** The source has delivered a message of the partition. */
  void spent(PartitionBuffer buffer, int bytes) {
    give(buffer, Math.max(0, buffer.credit - 1));
    buffer.creditBytes = Math.max(0, buffer.creditBytes - bytes);
  }

  /** Room or the number of partitions may have changed for all of them. */
  void updateAll() {
    starved = isStarved();
    cramped = false;
    weigh();
    partitions.forEach(this::cut);
    partitions.forEach(this::grant);
  }

  private void weigh() {
    long sum = 0;
    given = 0;
    for (PartitionBuffer partition : partitions) {
      sum += partition.weight;
      given += partition.credit;
    }
    weights = Math.max(1, sum);
    int least = most;
    for (PartitionBuffer partition : partitions) {
      least = Math.min(least, share(partition));
    }
    leastHalf = half(least);
  }

  /** Room may have changed, by what left the buffer or entered it. */
  void update(PartitionBuffer buffer) {
    if (starved != isStarved() || (free() < 0 && given > 0) || (cramped && free() >= leastHalf)) {
      updateAll();
    } else {
      grant(buffer);
    }
  }

  /** Full, or not yet half empty after having been full. */
  private boolean isStarved() {
    if (tally.heldBytes() >= mostBytes) {
      return true;
    }
    return starved
        ? tally.waiting() > most / 2 || tally.waitingBytes() > mostBytes / 2
        : tally.waiting() >= most;
  }

  private void grant(PartitionBuffer buffer) {
    if (buffer.gone) {
      return;
    }
    long shareBytes = share(mostBytes, buffer);
    int own = share(buffer) - buffer.waiting;
    int room = Math.min(own, Math.max(free() + buffer.credit, crowd()));
    long roomBytes = shareBytes - buffer.heldBytes();
    if (!open || starved || own <= 0 || roomBytes <= 0) {
      withdraw(buffer);
    } else if (room > 0
        && (room - buffer.credit >= half(share(buffer))
            || (buffer.creditBytes == 0 && roomBytes >= Math.max(1, shareBytes / 2)))) {
      give(buffer, room);
      buffer.creditBytes = roomBytes;
      source.request(buffer.partition, room, roomBytes);
    } else if (buffer.credit == 0) {
      cramped = true;
    }
  }

  /** Takes credit back from a partition as long as more is given than there is room for. */
  private void cut(PartitionBuffer buffer) {
    int excess = Math.max(-free(), buffer.credit + buffer.waiting - share(buffer));
    if (excess > 0 && buffer.credit > crowd()) {
      give(buffer, Math.max(crowd(), buffer.credit - excess));
      if (buffer.credit == 0) {
        buffer.creditBytes = 0;
      }
      source.request(buffer.partition, buffer.credit, buffer.creditBytes);
    }
  }

  private int share(PartitionBuffer buffer) {
    return (int) share(most, buffer);
  }

  /** By its weight, at least 1; without a product that a bound without bound would overflow. */
  private long share(long all, PartitionBuffer buffer) {
    long each = all / weights * buffer.weight;
    return Math.max(1, each + all % weights * buffer.weight / weights);
  }

  private static int half(int share) {
    return Math.max(1, share / 2);
  }

  /** Room that is neither taken nor promised; below zero where a poll brought more than that. */
  private int free() {
    return most - tally.waiting() - given;
  }

  /**
   * Where partitions are more than the buffer holds messages, each may deliver one all the same.
   */
  private int crowd() {
    return partitions.size() > most ? 1 : 0;
  }

  private void give(PartitionBuffer buffer, int credit) {
    given += credit - buffer.credit;
    buffer.credit = credit;
  }

  private void withdraw(PartitionBuffer buffer) {
    if (buffer.credit > 0 || buffer.creditBytes > 0) {
      give(buffer, 0);
      buffer.creditBytes = 0;
      source.request(buffer.partition, 0, 0);
    }
  }
}
