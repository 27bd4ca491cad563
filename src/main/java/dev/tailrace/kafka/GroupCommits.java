package dev.tailrace.kafka;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.CommitTarget;
import dev.tailrace.source.MetadataTooLargeException;
import dev.tailrace.source.NotOwnedException;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.jspecify.annotations.Nullable;

/**
 * Commits through the control queue, on the poll thread, where it is certain whether a partition is
 * still ours: a position is written only for one that is owned in its epoch.
 */
final class GroupCommits implements CommitTarget {
  /** A rebalance holds commits back; the longest is one revocation of another member. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Supplier<@Nullable ControlledConsumer> consumer;
  private final java.util.function.Consumer<Partition> committed;

  /**
   * Makes a target.
   *
   * @param consumer the consumer, or null where none is connected
   * @param committed told, on the loop, of each partition of which a position was confirmed
   */
  GroupCommits(
      Supplier<@Nullable ControlledConsumer> consumer,
      java.util.function.Consumer<Partition> committed) {
    this.consumer = consumer;
    this.committed = committed;
  }

  @Override
  public void confirmed(Partition partition) {
    committed.accept(partition);
  }

  @Override
  public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
    return each(
        positions.keySet(),
        membership -> (client, limit) -> commit(client, limit, membership, positions));
  }

  @Override
  public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions) {
    return each(
        partitions, membership -> (client, limit) -> read(client, limit, membership, partitions));
  }

  private <R> Future<Map<Partition, Reply<R>>> each(
      Set<Partition> partitions,
      Function<GroupMembership, Control<Map<Partition, Reply<R>>>> control) {
    ControlledConsumer connected = consumer.get();
    if (connected == null) {
      return Future.succeededFuture(
          same(partitions, Reply.failed(new IllegalStateException("not connected yet"))));
    }
    return connected
        .submit(LIMIT, control)
        .map(
            reply -> {
              if (reply instanceof Reply.Ok<Map<Partition, Reply<R>>> ok) {
                return ok.value();
              }
              if (reply instanceof Reply.Failed<Map<Partition, Reply<R>>> failed) {
                return same(partitions, Reply.<R>failed(failed.cause()));
              }
              return same(partitions, Reply.<R>unknown(cause(reply)));
            });
  }

  private static Throwable cause(Reply<?> reply) {
    return reply instanceof Reply.Unknown<?> unknown
        ? unknown.cause()
        : new IllegalStateException("no answer");
  }

  private static <R> Map<Partition, Reply<R>> same(Set<Partition> partitions, Reply<R> reply) {
    Map<Partition, Reply<R>> replies = new HashMap<>();
    partitions.forEach(partition -> replies.put(partition, reply));
    return replies;
  }

  private static Map<Partition, Reply<Void>> commit(
      Consumer<byte[], byte[]> client,
      Duration limit,
      GroupMembership membership,
      Map<Partition, Position> positions) {
    Map<Partition, Reply<Void>> replies = new HashMap<>();
    Map<TopicPartition, OffsetAndMetadata> offsets = new LinkedHashMap<>();
    positions.forEach(
        (partition, position) -> {
          TopicPartition owned = membership.owned(partition);
          if (owned == null) {
            replies.put(partition, notOurs(partition));
          } else {
            offsets.put(owned, new OffsetAndMetadata(position.offset(), position.metadata()));
          }
        });
    if (offsets.isEmpty()) {
      return replies;
    }
    try {
      client.commitSync(offsets, limit);
      offsets.keySet().forEach(owned -> replies.put(assigned(membership, owned), done()));
    } catch (OffsetMetadataTooLarge tooLarge) {
      // The exception does not say whose, and the others may have been written.
      offsets.forEach(
          (owned, offset) ->
              replies.put(
                  assigned(membership, owned), single(client, limit, Map.of(owned, offset))));
    }
    return replies;
  }

  private static Reply<Void> single(
      Consumer<byte[], byte[]> client,
      Duration limit,
      Map<TopicPartition, OffsetAndMetadata> offset) {
    try {
      client.commitSync(offset, limit);
      return done();
    } catch (OffsetMetadataTooLarge tooLarge) {
      return Reply.failed(
          new MetadataTooLargeException(
              "metadata refused for " + offset.keySet().iterator().next(), tooLarge));
    } catch (RuntimeException failure) {
      return KafkaErrors.reply(failure);
    }
  }

  private static Map<Partition, Reply<Position>> read(
      Consumer<byte[], byte[]> client,
      Duration limit,
      GroupMembership membership,
      Set<Partition> partitions) {
    Map<Partition, Reply<Position>> replies = new HashMap<>();
    Map<TopicPartition, Partition> owned = new LinkedHashMap<>();
    for (Partition partition : partitions) {
      TopicPartition name = membership.owned(partition);
      if (name == null) {
        replies.put(partition, notOurs(partition));
      } else {
        owned.put(name, partition);
      }
    }
    if (!owned.isEmpty()) {
      Map<TopicPartition, OffsetAndMetadata> committed = client.committed(owned.keySet(), limit);
      owned.forEach(
          (name, partition) -> {
            OffsetAndMetadata offset = committed.get(name);
            replies.put(
                partition,
                Reply.ok(
                    offset == null
                        ? new Position(-1, "")
                        : new Position(offset.offset(), offset.metadata())));
          });
    }
    return replies;
  }

  private static Partition assigned(GroupMembership membership, TopicPartition owned) {
    Partition partition = membership.owned().get(owned);
    if (partition == null) {
      throw new IllegalStateException(owned + " was lost within a commit");
    }
    return partition;
  }

  private static <R> Reply<R> notOurs(Partition partition) {
    return Reply.failed(new NotOwnedException(partition));
  }

  @SuppressWarnings("NullAway") // the one value that Void has
  private static Reply<Void> done() {
    return Reply.ok(null);
  }
}
