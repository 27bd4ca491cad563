package dev.tailrace.redis.stream;

import dev.tailrace.message.Origin;
import dev.tailrace.redis.stream.RedisDelivery.State;
import dev.tailrace.source.Partition;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a source: its credit, and the entries between server and pool. Belongs to the
 * source's loop. Bounded by the pool's credit, which is not given beyond what the pool may hold.
 */
final class ConsumedStream {
  /** The most that is asked for before anything is known of how large entries are. */
  private static final int FIRST_READ = 32;

  private final Partition partition;
  private final Runnable settlement;
  private final LongPredicate tenure;
  private final Map<Origin, RedisDelivery> inHand = new HashMap<>(); // event loop only
  private final ArrayDeque<RedisDelivery> settled = new ArrayDeque<>(); // event loop only
  private final ArrayDeque<RedisDelivery> released = new ArrayDeque<>(); // event loop only
  private int credit; // event loop only
  private long creditBytes; // event loop only
  private long typicalBytes; // event loop only: of an entry, 0 before the first
  private @Nullable Origin acknowledged; // event loop only: the highest one confirmed

  /**
   * Makes the state of a stream.
   *
   * @param settlement called when something is there to be acknowledged
   * @param tenure whether an entry is still ours of which the server said so in answer to a request
   *     that was sent at this time in nanos
   */
  ConsumedStream(Partition partition, Runnable settlement, LongPredicate tenure) {
    this.partition = partition;
    this.settlement = settlement;
    this.tenure = tenure;
  }

  Partition partition() {
    return partition;
  }

  String name() {
    return partition.source();
  }

  // -- credit

  void grant(int messages, long bytes) {
    credit = messages;
    creditBytes = bytes;
  }

  boolean mayTake() {
    return credit > 0 && creditBytes > 0;
  }

  /** How many entries may be asked for, by the credit in messages and, as entries are, in bytes. */
  int room(int most) {
    if (!mayTake()) {
      return 0;
    }
    long byBytes = typicalBytes == 0 ? FIRST_READ : Math.max(1, creditBytes / typicalBytes);
    return (int) Math.min(Math.min(most, credit), byBytes);
  }

  // -- the way of an entry

  boolean holds(Origin origin) {
    return inHand.containsKey(origin);
  }

  @Nullable RedisDelivery held(Origin origin) {
    return inHand.get(origin);
  }

  /** Turns an entry into a delivery that is in hand from now on, and spends credit on it. */
  RedisDelivery take(Arrival arrival) {
    RedisDelivery delivery = new RedisDelivery(this, arrival);
    Origin position = delivery.position();
    int bytes = arrival.bytes();
    inHand.put(position, delivery);
    if (!released.isEmpty()) { // it came back before it was given back
      released.removeIf(old -> old.position().equals(position));
    }
    credit = Math.max(0, credit - 1);
    creditBytes = Math.max(0, creditBytes - bytes);
    typicalBytes = typicalBytes == 0 ? bytes : (7 * typicalBytes + bytes) / 8 + 1;
    return delivery;
  }

  void settled(RedisDelivery delivery) {
    settled.add(delivery);
    settlement.run();
  }

  /** Whether nobody else can have what was known to be ours at this time. */
  boolean isOurs(long knownAt) {
    return tenure.test(knownAt);
  }

  /** Out of the pool; where it is still ours, it waits to be given back. */
  void released(RedisDelivery delivery, boolean ours) {
    inHand.remove(delivery.position());
    if (ours) {
      released.add(delivery);
    }
  }

  /** Takes up to {@code most} finished entries to be acknowledged, the oldest first. */
  List<RedisDelivery> takeSettled(int most) {
    return take(settled, most);
  }

  /** Puts back what was not confirmed, in its old order. */
  void putBackSettled(List<RedisDelivery> unconfirmed) {
    for (int i = unconfirmed.size() - 1; i >= 0; i--) {
      settled.addFirst(unconfirmed.get(i));
    }
  }

  /** The server has confirmed an acknowledgement. */
  void acknowledged(RedisDelivery delivery) {
    Origin origin = delivery.position();
    inHand.remove(origin);
    if (acknowledged == null || acknowledged.compareTo(origin) < 0) {
      acknowledged = origin;
    }
  }

  /** The highest entry whose acknowledgement is confirmed, or "". */
  String lastAcknowledged() {
    return acknowledged == null ? "" : acknowledged.position();
  }

  int settledCount() {
    return settled.size();
  }

  /** Whether nothing is in the pool, and nothing waits to be acknowledged. */
  boolean isEmpty() {
    return inHand.isEmpty();
  }

  /** How many finished entries wait that the server has never been told of. */
  long neverSentCount() {
    return settled.stream().filter(delivery -> !delivery.wasSent()).count();
  }

  int releasedCount() {
    return released.size();
  }

  /** Puts back what may not have been given back. */
  void putBackReleased(List<RedisDelivery> unconfirmed) {
    released.addAll(unconfirmed);
  }

  /** Takes up to {@code most} released entries to be given back. */
  List<RedisDelivery> takeReleased(int most) {
    return take(released, most);
  }

  /** Entries that are to be renewed. */
  List<RedisDelivery> renewable() {
    List<RedisDelivery> held = new ArrayList<>(inHand.size());
    for (RedisDelivery delivery : inHand.values()) {
      if (delivery.state() == State.HELD) {
        held.add(delivery);
      }
    }
    return held;
  }

  /**
   * What the source's status says of it.
   *
   * @param backlog entries not read yet, or -1 where that is unknown
   */
  PartitionStatus status(long backlog, long nowMillis) {
    return new PartitionStatus(
        name(),
        partition().epoch(),
        lastAcknowledged(),
        backlog,
        oldestAge(nowMillis),
        0,
        0,
        null,
        !mayTake());
  }

  /** The age of the oldest entry in hand in milliseconds, or -1 where there is none. */
  long oldestAge(long nowMillis) {
    long oldest = Long.MAX_VALUE;
    for (RedisDelivery delivery : inHand.values()) {
      if (delivery.state() != State.SETTLED) {
        oldest = Math.min(oldest, delivery.position().major());
      }
    }
    return oldest == Long.MAX_VALUE ? -1 : Math.max(0, nowMillis - oldest);
  }

  private static List<RedisDelivery> take(ArrayDeque<RedisDelivery> queue, int most) {
    List<RedisDelivery> taken = new ArrayList<>(Math.min(queue.size(), most));
    while (taken.size() < most && !queue.isEmpty()) {
      taken.add(queue.remove());
    }
    return taken;
  }
}
