package dev.tailrace.chaos;

import dev.tailrace.chaos.PipelinePlan.Broker;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntry;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisException;

/**
 * What the servers themselves say: which messages they hold, and which of them are committed or
 * acknowledged. For one thread.
 */
final class BrokerTruth implements AutoCloseable {
  private static final int PAGE = 5_000;

  /** The newest entry that was delivered, then all that are pending. */
  private static final String ACKNOWLEDGED =
      """
      local last = '0-0'
      for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
        for i = 1, #group, 2 do
          if group[i] == 'last-delivered-id' then last = group[i + 1] end
        end
      end
      local reply = {last}
      for _, entry in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1000000)) do
        reply[#reply + 1] = entry[1]
      end
      return reply
      """;

  private final String name;
  private final Plan plan;
  private final Admin admin;
  private final URI redisUrl;
  private Jedis redis; // whoever uses this

  BrokerTruth(String name, Plan plan, Scene scene) {
    this.name = name;
    this.plan = plan;
    this.admin = Admin.create(Map.of("bootstrap.servers", scene.kafka().bootstrap()));
    this.redisUrl = URI.create(scene.redis().url());
    this.redis = new Jedis(redisUrl);
  }

  /** Every message of a pipeline that its broker holds, as it is printed. */
  Set<String> messages(PipelinePlan pipeline) throws ExecutionException, InterruptedException {
    Set<String> messages = new HashSet<>();
    if (pipeline.broker() == Broker.KAFKA) {
      ends()
          .forEach(
              (partition, end) -> {
                for (long offset = 0; offset < end; offset++) {
                  messages.add(partition + "@" + offset);
                }
              });
      return messages;
    }
    StreamEntryID from = null;
    List<StreamEntry> page;
    do { // each page begins with the last of the one before
      page = redis.xrange(name, from, null, PAGE);
      page.forEach(entry -> messages.add(name + "@" + entry.getID()));
      from = page.isEmpty() ? from : page.get(page.size() - 1).getID();
    } while (page.size() == PAGE);
    return messages;
  }

  /** Of the topic: the next position of each partition. */
  Map<String, Long> ends() throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    plan.pipelines().stream()
        .filter(pipeline -> pipeline.broker() == Broker.KAFKA)
        .forEach(
            pipeline -> {
              for (int i = 0; i < pipeline.partitions(); i++) {
                asked.put(new TopicPartition(name, i), OffsetSpec.latest());
              }
            });
    Map<String, Long> ends = new TreeMap<>();
    admin
        .listOffsets(asked)
        .all()
        .get()
        .forEach((partition, end) -> ends.put(print(partition), end.offset()));
    return ends;
  }

  /** Of the group: the committed position of each partition that has one. */
  Map<String, Long> committed() throws ExecutionException, InterruptedException {
    Map<String, Long> committed = new TreeMap<>();
    for (Map.Entry<TopicPartition, OffsetAndMetadata> each :
        admin.listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata().get().entrySet()) {
      if (each.getValue() != null) {
        committed.put(print(each.getKey()), each.getValue().offset());
      }
    }
    return committed;
  }

  /** Entries delivered and acknowledged by now; a snapshot, both halves from one moment. */
  Acknowledged acknowledged() {
    List<?> reply = (List<?>) eval(ACKNOWLEDGED);
    Set<String> pending = new HashSet<>();
    reply.stream().skip(1).forEach(id -> pending.add(id.toString()));
    String last = reply.get(0).toString();
    return new Acknowledged(new StreamEntryID(last), pending);
  }

  /** A connection that broke is of no use any more; the next one may be. */
  private Object eval(String script) {
    try {
      return redis.eval(script, List.of(name), List.of(name));
    } catch (JedisException broken) {
      hangUp();
      redis = new Jedis(redisUrl);
      throw broken;
    }
  }

  private void hangUp() {
    try {
      redis.close();
    } catch (JedisException broken) {
      // it is gone as it should be
    }
  }

  /**
   * What a group says of a stream.
   *
   * @param last the newest entry that was ever delivered
   * @param pending those delivered and not acknowledged
   */
  record Acknowledged(StreamEntryID last, Set<String> pending) {}

  /** Whether everything is committed and acknowledged. */
  boolean allDone() throws ExecutionException, InterruptedException {
    for (PipelinePlan pipeline : plan.pipelines()) {
      if (pipeline.broker() == Broker.REDIS) {
        if (!acknowledged().pending().isEmpty() || inTiers() > 0) {
          return false;
        }
      } else if (!withoutZeros(ends()).equals(withoutZeros(committed()))) {
        return false;
      }
    }
    return true;
  }

  /** How many messages of the stream wait for later attempts, or lie where those are read. */
  long inTiers() {
    String tier = "{" + name + "}." + name + ".payments.retry";
    return redis.zcard(tier + ":waiting") + redis.hlen(tier + ":messages") + redis.xlen(tier);
  }

  /** The positions as the checker reads them. */
  List<String> committedLines() throws ExecutionException, InterruptedException {
    List<String> lines = new ArrayList<>();
    for (PipelinePlan pipeline : plan.pipelines()) {
      if (pipeline.broker() == Broker.KAFKA) {
        committed()
            .forEach(
                (source, position) -> lines.add(line(pipeline, source, Long.toString(position))));
      } else {
        Acknowledged group = acknowledged();
        if (group.pending().isEmpty()) {
          String next = group.last().getTime() + "-" + (group.last().getSequence() + 1);
          lines.add(line(pipeline, name, next));
        }
      }
    }
    return lines;
  }

  private static String line(PipelinePlan pipeline, String source, String position) {
    return "{\"pipeline\":\"%s\",\"source\":\"%s\",\"committed\":\"%s\"}"
        .formatted(pipeline.name(), source, position);
  }

  /** Takes the round's topic and stream away. */
  void clean() throws ExecutionException, InterruptedException {
    if (plan.pipelines().stream().anyMatch(each -> each.broker() == Broker.KAFKA)) {
      admin.deleteTopics(List.of(name)).all().get();
    }
    redis.flushAll();
  }

  private static Map<String, Long> withoutZeros(Map<String, Long> positions) {
    Map<String, Long> some = new TreeMap<>(positions);
    some.values().removeIf(position -> position == 0);
    return some;
  }

  private static String print(TopicPartition partition) {
    return partition.topic() + "/" + partition.partition();
  }

  @Override
  public void close() {
    admin.close();
    hangUp();
  }
}
