package dev.tailrace.kafka;

import dev.tailrace.local.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes to a broker with the client's own producer. */
final class Records {
  private Records() {}

  /** Writes bodies without keys to partition 0, in order; done when the broker has them. */
  static void send(KafkaBroker broker, String topic, List<String> bodies) {
    sendAll(
        broker,
        bodies.stream()
            .map(
                body ->
                    new ProducerRecord<byte[], byte[]>(
                        topic, 0, null, body.getBytes(StandardCharsets.UTF_8)))
            .toList());
  }

  static void sendAll(KafkaBroker broker, List<ProducerRecord<byte[], byte[]>> records) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            broker.bootstrap(),
            "max.request.size",
            32 << 20,
            // a new partition may refuse the first of several requests, and take the second
            "max.in.flight.requests.per.connection",
            1);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      records.forEach(record -> sent.add(producer.send(record)));
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
