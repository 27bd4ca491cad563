package dev.tailrace.kafka;

import dev.tailrace.source.BareReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The poll loop of the client's documentation, with the settings of a source: it commits what it is
 * through with now and then, and waits for the answer at the end alone.
 */
record KafkaBareReader(KafkaSourceConfig config) implements BareReader {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long COMMIT_NANOS = Duration.ofMillis(100).toNanos();

  @Override
  public void read(Runnable each) {
    Map<String, Object> settings = ClientSettings.reader(config.client(), "tailrace-bare");
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, config.membership().group());
    try (KafkaConsumer<byte[], byte[]> client = new KafkaConsumer<>(settings)) {
      List<TopicPartition> partitions = partitions(client);
      client.assign(partitions);
      client.seekToBeginning(partitions);
      client.committed(Set.copyOf(partitions)); // waits for the group's coordinator
      Map<TopicPartition, Long> ends = client.endOffsets(partitions);
      long committed = System.nanoTime();
      while (ends.entrySet().stream()
          .anyMatch(end -> client.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> ignored : client.poll(POLL)) {
          each.run();
        }
        if (System.nanoTime() - committed > COMMIT_NANOS) {
          committed = System.nanoTime();
          client.commitAsync();
        }
      }
      client.commitSync();
    }
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> client) {
    return config.names().stream()
        .flatMap(topic -> client.partitionsFor(topic).stream())
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .toList();
  }
}
