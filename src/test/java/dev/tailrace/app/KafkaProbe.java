package dev.tailrace.app;

import dev.tailrace.local.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a person with Kafka's own tools would see, and write. */
public final class KafkaProbe {
  private final KafkaBroker broker;

  /** For one broker. */
  public KafkaProbe(KafkaBroker broker) {
    this.broker = broker;
  }

  /** Writes messages with the keys {@code key-0} and on, each with an id in a header. */
  public void produce(String topic, int from, int count, int keys) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      for (int i = from; i < from + count; i++) {
        ProducerRecord<byte[], byte[]> message =
            new ProducerRecord<>(topic, bytes("key-" + i % keys), bytes("body-" + i));
        message.headers().add("idempotency-key", bytes("id-" + i));
        sent.add(producer.send(message));
      }
      for (Future<?> one : sent) {
        one.get();
      }
    }
  }

  /** The committed positions of a group, by partition as printed. */
  public Map<String, Long> committed(String group) throws Exception {
    try (Admin admin = admin()) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .entrySet()
          .stream()
          .collect(
              Collectors.toMap(
                  entry -> entry.getKey().topic() + "/" + entry.getKey().partition(),
                  entry -> entry.getValue().offset()));
    }
  }

  /** How many members a group has. */
  int members(String group) throws Exception {
    return sum(group, member -> 1);
  }

  /** How many partitions the members of a group own. */
  int owned(String group) throws Exception {
    return sum(group, member -> member.assignment().topicPartitions().size());
  }

  private int sum(String group, ToIntFunction<MemberDescription> of) throws Exception {
    try (Admin admin = admin()) {
      Map<String, ConsumerGroupDescription> groups =
          admin.describeConsumerGroups(List.of(group)).all().get();
      return groups.values().stream().flatMap(one -> one.members().stream()).mapToInt(of).sum();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return 0; // nobody has joined yet
      }
      throw e;
    }
  }

  private Admin admin() {
    return Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrap()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
