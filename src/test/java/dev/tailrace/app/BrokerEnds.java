package dev.tailrace.app;

import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSinkFactory;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.Servers;
import dev.tailrace.message.Headers;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.sink.RedisTierFactory;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.SourceConfig;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One topic or stream to read and one for dead letters, of a name that no other test has; written
 * and read by the brokers' own clients, so that what is compared has not passed our code twice.
 */
abstract class BrokerEnds {
  /** What is read; Kafka's has one partition and takes messages of 20 MB. */
  final String source = Servers.uniqueName("bad");

  /** Where dead letters go. */
  final String letters = source + "-dlq";

  /** The consumer group. */
  final String group = Servers.uniqueName("group");

  static BrokerEnds of(String broker, Servers servers, Vertx vertx) {
    return broker.equals("kafka") ? new OfKafka(servers) : new OfRedis(servers, vertx);
  }

  abstract SourceConfig reading();

  abstract SinkFactory deadLetters();

  /** Where failed messages of the source wait for later attempts. */
  final List<RetryTier> tiers(List<Duration> delays) {
    String name = source + ".retry.";
    return delays.stream().map(delay -> tier(delay, name + delay.toSeconds() + "s")).toList();
  }

  /** A topic of this name for this wait, or what serves for all waits. */
  abstract RetryTier tier(Duration delay, String topic);

  /** How many messages lie or wait in tiers that the group has not acknowledged or committed. */
  abstract long unfinishedInTiers() throws Exception;

  /** The value of a header without one, when it is read. */
  abstract @Nullable Buffer noValue();

  /** Writes messages to the source, in order. */
  abstract void send(List<OutgoingMessage> messages) throws Exception;

  /** All dead letters there are, in their order. */
  abstract List<OutgoingMessage> arrived() throws Exception;

  /** How many messages of the source the group has not acknowledged or committed. */
  abstract long unfinished() throws Exception;

  private static final class OfKafka extends BrokerEnds {
    private final KafkaBroker kafka;
    private final String bootstrap;
    private final KafkaProbe probe;
    private final List<String> tiers = new ArrayList<>();

    OfKafka(Servers servers) {
      kafka = servers.kafka();
      bootstrap = kafka.bootstrap();
      probe = new KafkaProbe(servers.kafka());
      for (String topic : List.of(source, letters)) {
        Servers.createTopic(servers.kafka(), topic, 1, Map.of("max.message.bytes", "20000000"));
      }
    }

    @Override
    SourceConfig reading() {
      return KafkaSourceConfig.of(bootstrap, group, source);
    }

    @Override
    SinkFactory deadLetters() {
      return new KafkaSinkFactory(KafkaClientConfig.of(bootstrap), letters);
    }

    @Override
    RetryTier tier(Duration delay, String topic) {
      Servers.createTopic(kafka, topic, 2, Map.of());
      tiers.add(topic);
      return new RetryTier(
          delay,
          reading().retryTier(topic).orElseThrow(),
          new KafkaSinkFactory(KafkaClientConfig.of(bootstrap), topic));
    }

    @Override
    @Nullable Buffer noValue() {
      return null;
    }

    @Override
    void send(List<OutgoingMessage> messages) throws Exception {
      Map<String, Object> settings =
          Map.of("bootstrap.servers", bootstrap, "max.request.size", 32 << 20);
      try (KafkaProducer<byte[], byte[]> producer =
          new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
        for (OutgoingMessage message : messages) {
          ProducerRecord<byte[], byte[]> sent =
              new ProducerRecord<>(source, bytes(message.key()), bytes(message.body()));
          message
              .headers()
              .forEach(header -> sent.headers().add(header.name(), bytes(header.value())));
          producer.send(sent).get();
        }
      }
    }

    @Override
    List<OutgoingMessage> arrived() {
      List<OutgoingMessage> arrived = new ArrayList<>();
      TopicPartition partition = new TopicPartition(letters, 0);
      try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = end(consumer, partition);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofSeconds(1)).forEach(record -> arrived.add(message(record)));
        }
      }
      return arrived;
    }

    @Override
    long unfinished() throws Exception {
      return unfinished(group, source, 0);
    }

    @Override
    long unfinishedInTiers() throws Exception {
      long sum = 0;
      for (String topic : tiers) {
        sum += unfinished(topic, topic, 0) + unfinished(topic, topic, 1);
      }
      return sum;
    }

    private long unfinished(String reader, String topic, int partition) throws Exception {
      Long committed = probe.committed(reader).get(topic + "/" + partition);
      try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
        return end(consumer, new TopicPartition(topic, partition))
            - (committed == null ? 0 : committed);
      }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
      return new KafkaConsumer<>(
          Map.<String, Object>of("bootstrap.servers", bootstrap),
          new ByteArrayDeserializer(),
          new ByteArrayDeserializer());
    }

    private static long end(KafkaConsumer<?, ?> consumer, TopicPartition partition) {
      return Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    }

    private static OutgoingMessage message(ConsumerRecord<byte[], byte[]> record) {
      List<Headers.Header> headers = new ArrayList<>();
      for (Header header : record.headers()) {
        headers.add(new Headers.Header(header.key(), buffer(header.value())));
      }
      return new OutgoingMessage(buffer(record.key()), buffer(record.value()), Headers.of(headers));
    }

    private static byte @Nullable [] bytes(@Nullable Buffer buffer) {
      return buffer == null ? null : buffer.getBytes();
    }

    private static @Nullable Buffer buffer(byte @Nullable [] bytes) {
      return bytes == null ? null : Buffer.buffer(bytes);
    }
  }

  private static final class OfRedis extends BrokerEnds {
    private final String url;
    private final Redis redis;

    OfRedis(Servers servers, Vertx vertx) {
      url = servers.redis().url();
      redis = Redis.createClient(vertx, url);
    }

    @Override
    RedisSourceConfig reading() {
      return RedisSourceConfig.of(url, group, source);
    }

    @Override
    RetryTier tier(Duration delay, String topic) {
      return new RetryTier(
          delay, reading().retryTier(group).orElseThrow(), new RedisTierFactory(reading(), group));
    }

    @Override
    long unfinishedInTiers() throws Exception {
      String tier = "{" + source + "}." + group;
      return Results.result(redis.send(Request.cmd(Command.XLEN).arg(tier))).toLong()
          + Results.result(redis.send(Request.cmd(Command.ZCARD).arg(tier + ":waiting"))).toLong()
          + Results.result(redis.send(Request.cmd(Command.HLEN).arg(tier + ":messages"))).toLong();
    }

    @Override
    SinkFactory deadLetters() {
      return new RedisSinkFactory(RedisConfig.of(url), letters);
    }

    @Override
    Buffer noValue() {
      return Buffer.buffer();
    }

    @Override
    void send(List<OutgoingMessage> messages) throws Exception {
      for (OutgoingMessage message : messages) {
        Request request = Request.cmd(Command.XADD).arg(source).arg("*");
        Buffer key = message.key();
        if (key != null) {
          request.arg("key").arg(key);
        }
        for (Headers.Header header : message.headers()) {
          Buffer value = header.value();
          request.arg("h." + header.name()).arg(value == null ? Buffer.buffer() : value);
        }
        Buffer body = message.body();
        if (body != null) {
          request.arg("value").arg(body);
        }
        Results.result(redis.send(request));
      }
    }

    @Override
    List<OutgoingMessage> arrived() throws Exception {
      List<OutgoingMessage> arrived = new ArrayList<>();
      Request all = Request.cmd(Command.XRANGE).arg(letters).arg("-").arg("+");
      for (Response entry : Results.result(redis.send(all))) {
        arrived.add(message(entry.get(1)));
      }
      return arrived;
    }

    @Override
    long unfinished() throws Exception {
      Request pending = Request.cmd(Command.XPENDING).arg(source).arg(group);
      return Results.result(redis.send(pending)).get(0).toLong();
    }

    private static OutgoingMessage message(Response fields) {
      Buffer key = null;
      Buffer body = null;
      List<Headers.Header> headers = new ArrayList<>();
      for (int i = 0; i + 1 < fields.size(); i += 2) {
        String name = fields.get(i).toString();
        Buffer content = fields.get(i + 1).toBuffer();
        switch (name) {
          case "key" -> key = content;
          case "value" -> body = content;
          default -> headers.add(new Headers.Header(name.substring("h.".length()), content));
        }
      }
      return new OutgoingMessage(key, body, Headers.of(headers));
    }
  }
}
