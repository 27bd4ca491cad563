package dev.tailrace.kafka;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.CreditLeft;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer that the stream of vertx-kafka-client polls: each poll first runs what the {@link
 * ControlQueue} holds, a command wakes a poll that is under way, subscribing installs our own
 * rebalance callbacks, and closing is bounded.
 *
 * <p>{@link #submit}, {@link #flow} and {@link #beginClose} are safe from any thread, the rest
 * belongs to the poll thread of the stream. A poll never throws: failures are reported, and a poll
 * that failed holds the thread for a second, since the stream would poll again at once. It polls
 * on, up to its time-out, for as long as {@link PollAhead} takes what comes.
 */
final class ControlledConsumer extends PollOnlyConsumer {
  /** Leaving takes one round trip; a broker that does not answer is not waited for longer. */
  static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

  /** A member that closes while it joins goes on for this long, so that it can leave. */
  static final Duration JOIN_LIMIT = Duration.ofSeconds(2);

  private static final Logger LOG = LoggerFactory.getLogger(ControlledConsumer.class);
  private static final long FAILURE_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long PROBE_INTERVAL_NANOS = Duration.ofSeconds(5).toNanos();
  private static final Duration PROBE_LIMIT = Duration.ofSeconds(1);
  private static final long NO_LIMIT_NANOS =
      Duration.ofDays(1).toNanos(); // commands have their own
  private static final Duration DEFERRED_POLL = Duration.ofMillis(50);

  private final Consumer<byte[], byte[]> client;
  private final KafkaSourceConfig config;
  private final Executor loop;
  private final GroupEvents events;
  private final PollAhead ahead;
  private final ControlQueue queue;
  private final GroupMembership membership;
  private final UnheldPositions unheld;

  private final List<Command<?>> deferred = new ArrayList<>(); // poll thread only; by a rebalance
  private long nextProbeNanos = System.nanoTime(); // poll thread only
  private boolean joining; // poll thread only; has polled, and may have asked to join

  /**
   * Decorates a client.
   *
   * @param client not subscribed yet, and used by nobody else
   * @param loop where replies complete and events are reported
   * @param ahead takes what a poll brings; what it does not take is returned to the stream
   */
  ControlledConsumer(
      Consumer<byte[], byte[]> client,
      KafkaSourceConfig config,
      Executor loop,
      GroupEvents events,
      PollAhead ahead) {
    this.client = client;
    this.config = config;
    this.loop = loop;
    this.events = events;
    this.ahead = ahead;
    this.queue = new ControlQueue(loop, client::wakeup);
    this.membership = new GroupMembership(loop, client, queue, events, config);
    membership.commands(untilNanos -> runCommands(untilNanos, true));
    this.unheld = new UnheldPositions(loop, client, membership, events, config.outOfRange());
  }

  /** See {@link StartingPositions#before}; said before the first poll. */
  void before(Map<String, Integer> partitions) {
    membership.before(partitions);
  }

  /** See {@link StartingPositions#topics}; said before the first poll. */
  void topics(TopicLookup topics) {
    membership.topics(topics);
  }

  /** Has a call made on the poll thread, soon also within a poll; see {@link ControlQueue}. */
  <T> Future<Reply<T>> submit(Duration limit, Function<GroupMembership, Control<T>> control) {
    return queue.submit(limit, (consumer, left) -> control.apply(membership).call(consumer, left));
  }

  /** Holds partitions back, or lets them flow, from the next poll on. */
  void flow(Map<Partition, Boolean> held) {
    queue.flow(held);
  }

  /** Says what credit is left; see {@link PollAhead#left}. */
  void left(CreditLeft credit) {
    ahead.left(credit);
  }

  /**
   * Refuses further commands, ends a poll, a revocation or a call that is under way, and lets no
   * poll bring anything more. The stream is closed next.
   */
  void beginClose() {
    queue.close();
    client.wakeup();
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener ignored) {
    client.subscribe(topics, membership);
  }

  @Override
  public void subscribe(Pattern pattern, ConsumerRebalanceListener ignored) {
    client.subscribe(pattern, membership);
  }

  /**
   * What the client counts of itself, on any thread; not what it counts by partition, which grows
   * with the assignment, and of which the source tells itself what matters.
   */
  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    return client.metrics().entrySet().stream()
        .filter(entry -> !entry.getKey().tags().containsKey("partition"))
        .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** Does nothing: the stream would hit a commit with it. */
  @Override
  public void wakeup() {}

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    do {
      try {
        serve();
        if (queue.isClosed()) {
          break;
        }
        if (queue.beginPoll()) {
          joining = true;
          ConsumerRecords<byte[], byte[]> records = client.poll(pollTime(deadline));
          if (!records.isEmpty() && !ahead.send(records)) {
            return records;
          }
        }
      } catch (WakeupException woken) {
        // there is something to serve, or to close
      } catch (RuntimeException failure) {
        queue.endPoll();
        if (!resolved(failure)) {
          failed(failure);
          break;
        }
      } finally {
        queue.endPoll();
      }
    } while (deadline - System.nanoTime() > 0);
    return ConsumerRecords.empty();
  }

  /** Whether the failure was of positions that the broker does not hold, and is dealt with. */
  private boolean resolved(RuntimeException failure) {
    if (failure instanceof OffsetOutOfRangeException outOfRange) {
      try {
        unheld.resolve(outOfRange);
        return true;
      } catch (WakeupException woken) {
        return true; // the next poll fails in the same way
      } catch (RuntimeException unanswered) {
        failure.addSuppressed(unanswered);
      }
    }
    return false;
  }

  /** Short while something waits for the end of a rebalance: only polls bring it forward. */
  private Duration pollTime(long deadline) {
    long left = Math.max(0, deadline - System.nanoTime());
    boolean waiting = !deferred.isEmpty() || membership.isStarting();
    return Duration.ofNanos(waiting ? Math.min(left, DEFERRED_POLL.toNanos()) : left);
  }

  private void serve() {
    runCommands(System.nanoTime() + NO_LIMIT_NANOS, false);
    applyFlow();
    if (!queue.isClosed()) {
      membership.start();
      probe();
    }
  }

  private void runCommands(long untilNanos, boolean last) {
    List<Command<?>> commands = new ArrayList<>(deferred);
    deferred.clear();
    commands.addAll(queue.take());
    for (Command<?> command : commands) {
      if (!command.run(client, untilNanos, last)) {
        deferred.add(command);
      }
    }
  }

  private void applyFlow() {
    List<TopicPartition> held = new ArrayList<>();
    List<TopicPartition> flowing = new ArrayList<>();
    queue
        .takeFlow()
        .forEach(
            (partition, paused) -> {
              TopicPartition owned = membership.owned(partition);
              if (owned != null && !membership.isHeld(owned)) {
                (paused ? held : flowing).add(owned);
              }
            });
    if (!held.isEmpty()) {
      client.pause(held);
    }
    if (!flowing.isEmpty()) {
      client.resume(flowing);
    }
  }

  /** Asks for the ends of what is ours: the lag of paused partitions too, and a sign of life. */
  private void probe() {
    if (System.nanoTime() - nextProbeNanos < 0 || membership.owned().isEmpty()) {
      return;
    }
    nextProbeNanos = System.nanoTime() + PROBE_INTERVAL_NANOS;
    try {
      Map<TopicPartition, Partition> owned = membership.owned();
      Map<Partition, Long> ends = new LinkedHashMap<>();
      client
          .endOffsets(owned.keySet(), PROBE_LIMIT)
          .forEach(
              (topicPartition, end) -> {
                Partition partition = owned.get(topicPartition);
                if (partition != null) {
                  ends.put(partition, end);
                }
              });
      loop.execute(() -> events.ends(ends));
    } catch (WakeupException woken) {
      nextProbeNanos = System.nanoTime();
    } catch (RuntimeException failure) {
      loop.execute(() -> events.failed(failure));
    }
  }

  private void failed(RuntimeException failure) {
    if (queue.isClosed()) {
      return; // what a wakeup on closing breaks off is no failure
    }
    loop.execute(() -> events.failed(failure));
    boolean ended = KafkaErrors.endsMember(failure, config.membership());
    if (ended || failure instanceof FencedInstanceIdException) {
      membership.lostAll(); // another consumer joined with our id, and what was ours is its own
    }
    if (ended) {
      loop.execute(events::ended);
    }
    long until = System.nanoTime() + FAILURE_PAUSE_NANOS;
    while (until - System.nanoTime() > 0
        && !queue.isClosed()
        && !Thread.currentThread().isInterrupted()) {
      queue.await(until, () -> false);
      runCommands(System.nanoTime() + NO_LIMIT_NANOS, false);
    }
  }

  /** Leaves the group, or stays its member where that is configured. Never throws. */
  @Override
  public void close() {
    queue.close();
    deferred.forEach(command -> command.refuse(new IllegalStateException("closed meanwhile")));
    deferred.clear();
    try {
      endJoin();
      client.close(
          CloseOptions.timeout(CLOSE_LIMIT)
              .withGroupMembershipOperation(config.membership().onClose().operation()));
    } catch (RuntimeException failure) {
      LOG.atWarn()
          .addKeyValue("source", config.describe())
          .setCause(failure)
          .log("the consumer did not close in order; its group notices after the session time-out");
    }
  }

  /**
   * Polls until a join that is under way has come so far that it can be taken back. A new member
   * asks twice: the first answer is its id, and a client that is closed before it has asked again
   * under that id leaves nothing, while the broker holds up the whole group for the rest of the
   * session time-out. (KIP-394 describes the two questions.) What these polls bring is dropped, and
   * the callbacks do nothing, as the queue is closed.
   */
  private void endJoin() {
    long until = System.nanoTime() + JOIN_LIMIT.toNanos();
    while (joining
        && config.membership().joinsTwice()
        && client.groupMetadata().generationId() < 0
        && until - System.nanoTime() > 0) {
      try {
        client.poll(DEFERRED_POLL);
      } catch (WakeupException woken) {
        // of the close itself
      } catch (RuntimeException failure) {
        LOG.atDebug().setCause(failure).log("joining ended while closing");
        return;
      }
    }
  }
}
