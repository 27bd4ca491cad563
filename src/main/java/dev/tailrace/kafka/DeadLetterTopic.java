package dev.tailrace.kafka;

import dev.tailrace.sink.DeadLetter;
import dev.tailrace.sink.DeadLetterBox.Ahead;
import dev.tailrace.sink.DeadLetterBox.Purged;
import dev.tailrace.sink.DeadLetterBox.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A topic of dead letters, read by a consumer that is in no group; the bookmark is the committed
 * position of a group without members. Blocks: for one worker at a time, {@link #interrupt} aside.
 */
final class DeadLetterTopic {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
  private static final AtomicInteger READERS = new AtomicInteger();

  private final KafkaClientConfig client;
  private final String topic;
  private volatile @Nullable Consumer<byte[], byte[]> consumer;
  private @Nullable Admin admin; // worker thread only
  private Map<TopicPartition, Long> begins = Map.of(); // worker thread only
  private Map<TopicPartition, Long> ends = Map.of(); // worker thread only
  private @Nullable Bookmark bookmark; // worker thread only

  /** A group, and which round of it this is. */
  private record Bookmark(String group, int round) {
    private static final String ROUND = "round=";

    /** The round that a commit's metadata says; 1 where somebody else has written it. */
    static int round(String metadata) {
      String number = metadata.startsWith(ROUND) ? metadata.substring(ROUND.length()) : "";
      return number.matches("[1-9]\\d{0,8}") ? Integer.parseInt(number) : 1;
    }

    OffsetAndMetadata at(long position) {
      return new OffsetAndMetadata(position, ROUND + round);
    }
  }

  DeadLetterTopic(KafkaClientConfig client, String topic) {
    this.client = client;
    this.topic = topic;
  }

  String name() {
    return topic;
  }

  void open() {
    Admin asked = Admin.create(ClientKeys.ofAdmin(client));
    admin = asked;
    Set<String> topics = AdminAnswer.of(asked.listTopics().names(), LIMIT);
    new TopicCheck(Set.of(topic), client.bootstrap()).check(topics);
    String id = "tailrace-dead-letters-" + topic + "-" + READERS.incrementAndGet();
    Consumer<byte[], byte[]> made = new KafkaConsumer<>(ClientSettings.reader(client, id));
    consumer = made;
    List<TopicPartition> partitions =
        made.partitionsFor(topic, LIMIT).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    made.assign(partitions);
    begins = Map.copyOf(made.beginningOffsets(partitions, LIMIT));
    ends = Map.copyOf(made.endOffsets(partitions, LIMIT));
  }

  Ahead start(Start start) {
    Map<TopicPartition, Long> from = new HashMap<>(begins);
    Instant since = start.since();
    if (since != null) {
      from.putAll(at(since));
    }
    String group = start.bookmark();
    if (group == null) {
      return seek(from, 1, false);
    }
    Map<TopicPartition, OffsetAndMetadata> kept = kept(group);
    int round =
        kept.values().stream().mapToInt(one -> Bookmark.round(one.metadata())).max().orElse(1);
    Bookmark mark = new Bookmark(group, start.again() ? round + 1 : round);
    bookmark = mark;
    if (start.again()) {
      commit(mark, from);
      return seek(from, mark.round(), false);
    }
    kept.forEach((partition, position) -> from.merge(partition, position.offset(), Math::max));
    return seek(from, mark.round(), !kept.isEmpty());
  }

  /** The first positions of that time; the end where there is nothing so young. */
  private Map<TopicPartition, Long> at(Instant since) {
    Map<TopicPartition, Long> wanted = new HashMap<>();
    ends.keySet().forEach(partition -> wanted.put(partition, since.toEpochMilli()));
    Map<TopicPartition, Long> found = new HashMap<>(ends);
    for (Map.Entry<TopicPartition, @Nullable OffsetAndTimestamp> one :
        open(consumer).offsetsForTimes(wanted, LIMIT).entrySet()) {
      OffsetAndTimestamp position = one.getValue();
      if (position != null) {
        found.put(one.getKey(), position.offset());
      }
    }
    return found;
  }

  private Map<TopicPartition, OffsetAndMetadata> kept(String group) {
    Map<TopicPartition, OffsetAndMetadata> kept = new HashMap<>();
    AdminAnswer.of(
            open(admin).listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), LIMIT)
        .forEach(
            (partition, position) -> {
              // A position beyond the end is that of a topic which was deleted and made again.
              if (position != null && position.offset() <= ends.getOrDefault(partition, -1L)) {
                kept.put(partition, position);
              }
            });
    return kept;
  }

  private Ahead seek(Map<TopicPartition, Long> from, int round, boolean resumed) {
    Consumer<byte[], byte[]> reader = open(consumer);
    long letters = 0;
    for (Map.Entry<TopicPartition, Long> one : from.entrySet()) {
      reader.seek(one.getKey(), one.getValue());
      letters += Math.max(0, end(one.getKey()) - one.getValue());
    }
    reader.resume(from.keySet());
    return new Ahead(letters, round, resumed);
  }

  private long end(TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  /** Empty only when every partition has been read up to its end. */
  List<DeadLetter> next() {
    Consumer<byte[], byte[]> reader = open(consumer);
    long begun = System.nanoTime();
    while (!paused(reader).equals(ends.keySet())) {
      List<DeadLetter> letters = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() < end(partition)) {
          String source = record.topic() + "/" + record.partition();
          letters.add(new DeadLetter(new KafkaMessage(record, source)));
        }
      }
      if (!letters.isEmpty()) {
        return letters;
      }
      if (System.nanoTime() - begun > LIMIT.toNanos()) {
        throw new TimeoutException("nothing to be read within " + LIMIT.toSeconds() + " s");
      }
    }
    return List.of();
  }

  /** Pauses what has been read to its end; what comes later is not fetched. */
  private Set<TopicPartition> paused(Consumer<byte[], byte[]> reader) {
    List<TopicPartition> over =
        ends.keySet().stream()
            .filter(partition -> reader.position(partition, LIMIT) >= end(partition))
            .toList();
    reader.pause(over);
    return reader.paused();
  }

  void keep(List<DeadLetter> handled) {
    Bookmark mark = bookmark;
    if (mark == null) {
      throw new IllegalStateException("started without a bookmark");
    }
    Map<TopicPartition, Long> positions = new HashMap<>();
    handled.forEach(
        letter -> positions.merge(partition(letter), letter.position().major() + 1, Math::max));
    commit(mark, positions);
  }

  private void commit(Bookmark mark, Map<TopicPartition, Long> positions) {
    if (positions.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    positions.forEach((partition, position) -> commits.put(partition, mark.at(position)));
    AdminAnswer.of(open(admin).alterConsumerGroupOffsets(mark.group(), commits).all(), LIMIT);
  }

  private TopicPartition partition(DeadLetter letter) {
    String source = letter.position().source();
    return new TopicPartition(
        topic, Integer.parseInt(source.substring(source.lastIndexOf('/') + 1)));
  }

  /**
   * Kafka deletes from the front alone: up to the first letter of a partition that is not meant.
   */
  Purged purge(Predicate<DeadLetter> meant, boolean dryRun) {
    start(Start.reading(null));
    Map<TopicPartition, Long> upTo = new HashMap<>(ends);
    Set<TopicPartition> blocked = new HashSet<>();
    long matching = 0;
    long deleted = 0;
    for (List<DeadLetter> letters = next(); !letters.isEmpty(); letters = next()) {
      for (DeadLetter letter : letters) {
        TopicPartition partition = partition(letter);
        boolean chosen = meant.test(letter);
        matching += chosen ? 1 : 0;
        if (!blocked.contains(partition)) {
          if (chosen) {
            deleted++;
          } else {
            blocked.add(partition);
            upTo.put(partition, letter.position().major());
          }
        }
      }
    }
    if (!dryRun && deleted > 0) {
      Map<TopicPartition, RecordsToDelete> before = new HashMap<>();
      upTo.forEach(
          (partition, position) -> before.put(partition, RecordsToDelete.beforeOffset(position)));
      AdminAnswer.of(open(admin).deleteRecords(before).all(), LIMIT);
    }
    return new Purged(matching, deleted);
  }

  /** Ends a call that waits for the broker; safe on any thread. */
  void interrupt() {
    Consumer<byte[], byte[]> reading = consumer;
    if (reading != null) {
      reading.wakeup();
    }
  }

  void close() {
    Consumer<byte[], byte[]> reading = consumer;
    if (reading != null) {
      reading.close(CloseOptions.timeout(CLOSE_LIMIT));
    }
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }

  private static <T> T open(@Nullable T opened) {
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    return opened;
  }
}
