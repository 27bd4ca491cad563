package dev.tailrace.dispatch;

import dev.tailrace.source.Source;
import java.util.Collection;

/**
 * Says how much each partition may still deliver. Every partition has an even share of the buffer;
 * a partition that fills its share is held back alone, and is asked again when half of the share is
 * free. When the whole buffer is full, all are held back. Event loop only.
 */
final class Credit {
  private final DispatchConfig config;
  private final Source source;
  private final Tally tally;
  private final Collection<PartitionBuffer> partitions;
  private boolean open = true;
  private boolean starved; // somebody was refused for want of room in the whole buffer

  Credit(
      DispatchConfig config, Source source, Tally tally, Collection<PartitionBuffer> partitions) {
    this.config = config;
    this.source = source;
    this.tally = tally;
    this.partitions = partitions;
  }

  /** Opens or closes the intake of all partitions. */
  void open(boolean value) {
    open = value;
    updateAll();
  }

  /** The source has delivered a message of the partition. */
  void spent(PartitionBuffer buffer, int bytes) {
    buffer.credit = Math.max(0, buffer.credit - 1);
    buffer.creditBytes = Math.max(0, buffer.creditBytes - bytes);
  }

  /** Room or the number of partitions may have changed for all of them. */
  void updateAll() {
    starved = isStarved();
    partitions.forEach(this::grant);
  }

  /** Room may have changed, by what left the buffer or entered it. */
  void update(PartitionBuffer buffer) {
    if (starved != isStarved()) {
      updateAll();
    } else {
      grant(buffer);
    }
  }

  /** Full, or not yet half empty after having been full. */
  private boolean isStarved() {
    return starved
        ? tally.waiting() > config.bufferMessages() / 2
            || tally.waitingBytes() > config.bufferBytes() / 2
        : tally.waiting() >= config.bufferMessages()
            || tally.waitingBytes() >= config.bufferBytes();
  }

  private void grant(PartitionBuffer buffer) {
    if (buffer.gone) {
      return;
    }
    int share = Math.max(1, config.bufferMessages() / Math.max(1, partitions.size()));
    long shareBytes = Math.max(1, config.bufferBytes() / Math.max(1, partitions.size()));
    int room = share - buffer.waiting;
    long roomBytes = shareBytes - buffer.waitingBytes;
    if (!open || starved || room <= 0 || roomBytes <= 0) {
      withdraw(buffer);
    } else if (room - buffer.credit >= Math.max(1, share / 2)
        || (buffer.creditBytes == 0 && roomBytes >= Math.max(1, shareBytes / 2))) {
      buffer.credit = room;
      buffer.creditBytes = roomBytes;
      source.request(buffer.partition, room, roomBytes);
    }
  }

  private void withdraw(PartitionBuffer buffer) {
    if (buffer.credit > 0 || buffer.creditBytes > 0) {
      buffer.credit = 0;
      buffer.creditBytes = 0;
      source.request(buffer.partition, 0, 0);
    }
  }
}
