package dev.tailrace.dispatch;

import dev.tailrace.source.Partition;
import java.util.ArrayDeque;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the dispatcher holds of one partition, and the credit it gave. Event loop only. */
final class PartitionBuffer {
  final Partition partition;
  final String pipeline;
  final int weight; // its share of the buffer, beside those of the others
  private final Order order;
  private final LaneTable lanes = new LaneTable();
  final ArrayDeque<Entry> ready = new ArrayDeque<>(); // heads of lanes, within the buffer's bound
  final Contender contender = new Contender(this);

  boolean gone; // revoked or lost
  int executing; // permits it holds
  int waiting; // buffered and parked
  long waitingBytes;
  long executingBytes;
  int parked;
  int credit; // messages the source may still deliver, as far as is known here
  long creditBytes;
  boolean changed; // since its credit was last looked at
  boolean refused; // more credit, for the sake of what others hold

  PartitionBuffer(Partition partition, DispatchConfig config, int weight) {
    this.partition = partition;
    this.pipeline = config.pipeline();
    this.weight = weight;
    this.order = config.order();
  }

  /** Of what waits and of what executes. */
  long heldBytes() {
    return waitingBytes + executingBytes;
  }

  /** Puts a message into its lane; true where it heads the lane and may run. */
  boolean enter(Entry entry) {
    Object key = laneKey(entry);
    if (key == null) {
      return true;
    }
    int hash = Lane.hash(key);
    Lane lane = lanes.get(key, hash);
    if (lane == null) {
      lanes.add(key, hash, entry);
      return true;
    }
    lane.add(entry);
    return false;
  }

  /** Takes the head out of its lane; the next message, which may run now, or null. */
  @Nullable Entry leave(Entry head) {
    Lane lane = head.lane;
    if (lane == null) {
      return null;
    }
    assert lane.isHead(head) : head + " does not head its lane";
    Entry next = lane.advance();
    if (next == null) {
      lanes.remove(lane);
    }
    return next;
  }

  /** Whether a message that comes may head its lane: of a new key, say. */
  boolean hasFreeLane() {
    return order != Order.PARTITION || executing + waiting == 0;
  }

  /** Messages that wait behind the head of a lane. */
  Stream<Entry> laneEntries() {
    return lanes.all().stream().flatMap(Lane::behind);
  }

  /** Behind the head of the longest lane that runs; what is parked goes back in a drain. */
  int longestLane() {
    int longest = 0;
    for (Lane lane : lanes.all()) {
      if (lane.head().stage != Entry.Stage.PARKED) {
        longest = Math.max(longest, lane.waiting());
      }
    }
    return longest;
  }

  private @Nullable Object laneKey(Entry entry) {
    return switch (order) {
      case KEY -> entry.delivery().laneKey();
      case PARTITION -> Order.PARTITION;
      case UNORDERED -> null;
    };
  }
}
