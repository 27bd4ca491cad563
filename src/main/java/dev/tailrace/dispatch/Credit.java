package dev.tailrace.dispatch;

import dev.tailrace.source.Source;
import java.util.ArrayDeque;
import java.util.Collection;

/**
 * Says how much each partition may still deliver. Every partition has an even share of the buffer,
 * save those of retry tiers, whose shares are small: most of what is in them waits there. A
 * partition that fills its share is held back alone, and is asked again when half of the share is
 * free. What one partition delivered beyond its share is taken from those of the others, as evenly,
 * so that what waits and what may come are together no more than the buffer holds, and so that
 * nobody waits for the slow ones to go below a mark of all. When the whole buffer is full, all are
 * held back, until there is room for half of the smallest share. Event loop only.
 *
 * <p>Messages are counted while they wait; bytes until a message has ended, since what executes is
 * in memory as well: with large messages it is the bytes that say how many execute at once.
 *
 * <p>Not all of the buffer is promised to what comes: see {@link Limits#buffered}.
 */
final class Credit {
  /** Of a partition that is read. */
  static final int WEIGHT = 8;

  /** Of a partition of a retry tier. */
  static final int WEIGHT_ASIDE = 1;

  private final Limits limits;
  private final Source source;
  private final Tally tally;
  private final Collection<PartitionBuffer> partitions;
  private int most; // messages, without the reserve
  private long mostBytes;
  private Shares shares; // of messages
  private Shares byteShares;
  private boolean open = true;
  private boolean allChanged;
  private boolean full; // all are refused until there is room for half of the smallest share
  private int given; // credit of all partitions
  private long leastHalf = 1; // of the smallest share
  private long regrown = Long.MAX_VALUE; // with so much free, shares are larger than they were

  /** Those to which something happened since they were last told, each once. */
  private final ArrayDeque<PartitionBuffer> changed = new ArrayDeque<>();

  /** Those that would get more, were it not for what others hold; the longest first. */
  private final ArrayDeque<PartitionBuffer> refused = new ArrayDeque<>();

  Credit(Limits limits, Source source, Tally tally, Collection<PartitionBuffer> partitions) {
    this.limits = limits;
    this.source = source;
    this.tally = tally;
    this.partitions = partitions;
    this.most = limits.buffered();
    this.mostBytes = limits.bufferedBytes();
    this.shares = new Shares(most, partition -> partition.waiting);
    this.byteShares = new Shares(mostBytes, PartitionBuffer::heldBytes);
  }

  /** The limits have changed: what is given beyond them is taken back. */
  void limited() {
    most = limits.buffered();
    mostBytes = limits.bufferedBytes();
    shares = new Shares(most, partition -> partition.waiting);
    byteShares = new Shares(mostBytes, PartitionBuffer::heldBytes);
    updateAll();
  }

  /** Whether a message that executes may wait once more, without its permit. */
  boolean admits(int bytes) {
    return tally.waiting() < limits.bufferMessages()
        && (tally.waiting() == 0 || tally.waitingBytes() + bytes <= limits.bufferBytes());
  }

  /** Whether the source may deliver a message that could start at once. */
  boolean mayBring() {
    return partitions.stream().anyMatch(one -> one.credit > 0 && one.hasFreeLane());
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
    allChanged = false;
    shares.divide(partitions);
    byteShares.divide(partitions);
    leastHalf = shares.leastHalf(partitions);
    full = isFull();
    given = 0;
    for (PartitionBuffer partition : partitions) {
      given += partition.credit;
    }
    if (!full) { // else nobody keeps any
      partitions.forEach(this::cutToShare);
      partitions.forEach(this::cutExcess);
    }
    for (int i = refused.size(); i > 0; i--) {
      grantFirst();
    }
    partitions.forEach(this::grant);
    regrown =
        shares.areUneven()
            ? Math.max(0, free()) + Math.max(leastHalf, partitions.size())
            : Long.MAX_VALUE;
  }

  /** Room may have changed, by what left the buffer or entered it; {@link #settle} follows. */
  void changed(PartitionBuffer buffer) {
    if (!buffer.changed) {
      buffer.changed = true;
      changed.add(buffer);
    }
  }

  /** The same for all partitions, of which messages have come; what starts at once counts too. */
  void changed() {
    allChanged = true;
    full |= isFull();
  }

  /** Says anew what has changed, once for all that a turn has taken in, started and ended. */
  void settle() {
    if (allChanged) {
      updateAll();
    }
    for (PartitionBuffer one = changed.poll(); one != null; one = changed.poll()) {
      one.changed = false;
      update(one);
    }
  }

  private void update(PartitionBuffer buffer) {
    if (full != isFull() || (free() < 0 && given > 0) || free() >= regrown) {
      updateAll();
    } else {
      grant(buffer);
      for (int i = refused.size(); i > 0 && free() >= Shares.half(share(refused.element())); i--) {
        grantFirst();
      }
    }
  }

  private void grantFirst() {
    PartitionBuffer first = refused.remove();
    first.refused = false;
    grant(first);
  }

  /** At the mark, or not far enough below it after having been there. */
  private boolean isFull() {
    return tally.waiting() > most - (full ? leastHalf : 1) || tally.heldBytes() >= mostBytes;
  }

  private void grant(PartitionBuffer buffer) {
    if (buffer.gone) {
      return;
    }
    int share = share(buffer);
    long half = Shares.half(share);
    long shareBytes = byteShares.of(buffer);
    int own = share - buffer.waiting;
    int room = Math.min(own, Math.max(free() + buffer.credit, crowd()));
    long roomBytes = shareBytes - buffer.heldBytes();
    if (!open || full || own <= 0 || roomBytes <= 0) {
      withdraw(buffer);
    } else if (room > 0
        && (room - buffer.credit >= half
            || (buffer.creditBytes == 0 && roomBytes >= Shares.half(shareBytes)))) {
      give(buffer, room);
      buffer.creditBytes = roomBytes;
      source.request(buffer.partition, room, roomBytes);
    } else if (own - buffer.credit >= half && !buffer.refused) {
      buffer.refused = true;
      refused.add(buffer);
    }
  }

  /** Takes back what is more than its share, which may be less than it was. */
  private void cutToShare(PartitionBuffer buffer) {
    int credit = Math.min(buffer.credit, share(buffer) - buffer.waiting);
    long bytes = Math.min(buffer.creditBytes, byteShares.of(buffer) - buffer.heldBytes());
    if (credit < buffer.credit || bytes < buffer.creditBytes) {
      reduce(buffer, credit, bytes);
    }
  }

  /** Takes back as long as more is given than there is room for. */
  private void cutExcess(PartitionBuffer buffer) {
    int excess = -free();
    if (excess > 0 && buffer.credit > crowd()) {
      reduce(buffer, Math.max(crowd(), buffer.credit - excess), buffer.creditBytes);
    }
  }

  private void reduce(PartitionBuffer buffer, int credit, long bytes) {
    if (credit <= 0 || bytes <= 0) {
      withdraw(buffer);
    } else {
      give(buffer, credit);
      buffer.creditBytes = bytes;
      source.request(buffer.partition, credit, bytes);
    }
  }

  private int share(PartitionBuffer buffer) {
    return (int) shares.of(buffer);
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
