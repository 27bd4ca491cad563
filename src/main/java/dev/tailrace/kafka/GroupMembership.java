package dev.tailrace.kafka;

import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions are ours, as the poll thread knows it, and the rebalance callbacks that change
 * it. A revocation holds its callback, and with it the rebalance of the whole group, until what
 * runs has ended and its positions are committed, or the deadline has passed. Poll thread only.
 */
final class GroupMembership implements ConsumerRebalanceListener {
  /** Epochs grow within the process, over all its consumers: a partition may move between them. */
  private static final AtomicInteger EPOCHS = new AtomicInteger();

  /** One read of positions blocks no longer than this; it is tried again. */
  private static final Duration START_LIMIT = Duration.ofSeconds(2);

  private static final long START_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private final Executor loop;
  private final Consumer<byte[], byte[]> client;
  private final ControlQueue queue;
  private final GroupEvents events;
  private final StartingPositions positions;
  private final Duration revokeDeadline;

  private final Map<TopicPartition, Partition> owned = new LinkedHashMap<>(); // poll thread only
  private final Map<Partition, TopicPartition> names = new HashMap<>(); // poll thread only
  private final Map<TopicPartition, Partition> starting = new LinkedHashMap<>(); // poll thread only
  private final Map<TopicPartition, Long> ceilings = new HashMap<>(); // poll thread only
  private final Set<TopicPartition> held = new HashSet<>(); // poll thread only; read no further
  private long startAgainNanos; // poll thread only; meaningful while startFailed
  private boolean startFailed; // poll thread only
  private @Nullable CommandRunner commands; // poll thread only; set before the first poll

  /** Runs what the queue holds; given by the consumer that polls. */
  interface CommandRunner {
    /** Runs commands until the queue is empty; none blocks beyond {@code untilNanos}. */
    void run(long untilNanos);
  }

  GroupMembership(
      Executor loop,
      Consumer<byte[], byte[]> client,
      ControlQueue queue,
      GroupEvents events,
      KafkaSourceConfig config) {
    this.loop = loop;
    this.client = client;
    this.queue = queue;
    this.events = events;
    this.positions = new StartingPositions(config);
    this.revokeDeadline = config.membership().revokeDeadline();
  }

  void commands(CommandRunner runner) {
    this.commands = runner;
  }

  /** The topic of one of ours. */
  static String topicOf(Partition partition) {
    return partition.source().substring(0, partition.source().lastIndexOf('/'));
  }

  /** Our name of a partition. */
  static String sourceOf(TopicPartition partition) {
    return partition.topic() + "/" + partition.partition();
  }

  /** See {@link StartingPositions#before}; said before the first poll. */
  void before(Map<String, Integer> partitions) {
    positions.before(partitions);
  }

  /** See {@link StartingPositions#topics}; said before the first poll. */
  void topics(TopicLookup topics) {
    positions.topics(topics);
  }

  /** Kafka's name of an assignment that is ours now, or null. */
  @Nullable TopicPartition owned(Partition partition) {
    return names.get(partition);
  }

  /** All that is ours now, by Kafka's names. */
  Map<TopicPartition, Partition> owned() {
    return owned;
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    if (queue.isClosed()) {
      return;
    }
    client.pause(partitions); // until there is credit
    int epoch = partitions.isEmpty() ? 0 : EPOCHS.incrementAndGet();
    for (TopicPartition partition : partitions) {
      Partition assignment = new Partition(sourceOf(partition), epoch);
      own(partition, assignment);
      starting.put(partition, assignment);
      client.seek(partition, 0); // so that the client looks for no position by itself
    }
    startFailed = false;
    if (owned.isEmpty()) {
      loop.execute(events::joined);
    }
    if (!partitions.isEmpty()) {
      queue.nudge(); // this poll brings nothing of them: positions are read before the next
    }
  }

  /** Whether positions of new partitions are still to be read. */
  boolean isStarting() {
    return !starting.isEmpty();
  }

  /** Reads where new partitions go on, and announces them; a failure is tried again later. */
  void start() {
    if (starting.isEmpty() || (startFailed && System.nanoTime() - startAgainNanos < 0)) {
      return;
    }
    try {
      List<StartingPoint> points = positions.find(client, starting, ceilings, START_LIMIT);
      starting.clear();
      ceilings.clear();
      startFailed = false;
      loop.execute(() -> events.started(points));
    } catch (WakeupException woken) {
      startFailed = false; // again after the commands that it was sent for
    } catch (RuntimeException failure) {
      startFailed = true;
      startAgainNanos = System.nanoTime() + START_PAUSE_NANOS;
      loop.execute(() -> events.failed(failure));
    }
  }

  /** Whether a partition is read no further. */
  boolean isHeld(TopicPartition partition) {
    return held.contains(partition);
  }

  /** Reads a partition no further, as long as it is assigned. */
  void hold(TopicPartition partition) {
    held.add(partition);
    client.pause(Set.of(partition));
  }

  /**
   * Reads a partition again from {@code offset} on; what the client has of it is dropped. False
   * where the assignment is not ours any more.
   */
  boolean reread(Partition partition, long offset) {
    TopicPartition topicPartition = owned(partition);
    if (topicPartition == null) {
      return false;
    }
    client.seek(topicPartition, offset);
    return true;
  }

  /**
   * Begins a partition anew whose positions restarted, in a new epoch. The caller tells the loop
   * that the old one is lost.
   *
   * @param ceiling the committed position is believed up to this; -1 begins at the oldest message
   * @return false where the assignment is not ours any more
   */
  boolean restart(Partition old, long ceiling) {
    TopicPartition topicPartition = owned(old);
    if (topicPartition == null) {
      return false;
    }
    Partition again = new Partition(old.source(), EPOCHS.incrementAndGet());
    own(topicPartition, again);
    client.pause(Set.of(topicPartition));
    starting.put(topicPartition, again);
    ceilings.put(topicPartition, ceiling);
    startFailed = false;
    return true;
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    List<Partition> announced = announced(partitions);
    if (!announced.isEmpty() && !queue.isClosed()) {
      queue.endPoll(); // a wakeup would now hit a commit
      awaitRevocation(announced);
      queue.resumePoll();
    }
    forget(partitions);
  }

  private void awaitRevocation(List<Partition> partitions) {
    long deadline = System.nanoTime() + revokeDeadline.toNanos();
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean expired = new AtomicBoolean();
    loop.execute(
        () -> {
          if (expired.get()) { // the loop was blocked all the time
            events.lost(partitions);
            return;
          }
          Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
          events
              .revoked(partitions, left)
              .onComplete(
                  ended -> {
                    done.set(true);
                    queue.nudge();
                  });
        });
    while (!done.get()
        && deadline - System.nanoTime() > 0
        && !queue.isClosed()
        && !Thread.currentThread().isInterrupted()) {
      if (commands != null) {
        commands.run(deadline); // first: a commit that the rebalance put off may be waited for
      }
      queue.await(deadline, done::get);
    }
    expired.set(true);
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    List<Partition> announced = announced(partitions);
    forget(partitions);
    if (!announced.isEmpty() && !queue.isClosed()) {
      loop.execute(() -> events.lost(announced));
    }
  }

  /** The client will not say so, but nothing is ours any more. */
  void lostAll() {
    onPartitionsLost(List.copyOf(owned.keySet()));
  }

  private List<Partition> announced(Collection<TopicPartition> partitions) {
    List<Partition> announced = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      Partition assignment = owned.get(partition);
      if (assignment != null && !starting.containsKey(partition)) {
        announced.add(assignment);
      }
    }
    return announced;
  }

  private void own(TopicPartition partition, Partition assignment) {
    Partition before = owned.put(partition, assignment);
    if (before != null) {
      names.remove(before);
    }
    names.put(assignment, partition);
  }

  private void forget(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      Partition assignment = owned.remove(partition);
      if (assignment != null) {
        names.remove(assignment);
      }
      starting.remove(partition);
      ceilings.remove(partition);
      held.remove(partition);
    }
  }
}
