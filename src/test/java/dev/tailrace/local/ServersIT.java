package dev.tailrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The servers that all integration tests stand on; with {@code -Pcontainers}, those. */
class ServersIT {
  @Test
  void theSharedServersAreTheSameForAll() {
    Servers servers = SharedServers.get();
    assertThat(servers.kafka()).isSameAs(servers.kafka());
    assertThat(servers.redis()).isSameAs(servers.redis());
  }

  @Test
  void topicsAreThereWhenCreateTopicReturns() throws Exception {
    String topic = Servers.uniqueName("there");
    SharedServers.get().createTopic(topic, 3);
    try (Admin admin = admin(SharedServers.get().kafka())) {
      assertThat(admin.describeTopics(List.of(topic)).allTopicNames().get().values())
          .singleElement()
          .satisfies(found -> assertThat(found.partitions()).hasSize(3));
    }
  }

  @Test
  void topicsAreCreatedWhileTheBrokerFreezesAgainAndAgain() throws Exception {
    try (KafkaBroker broker = SharedServers.get().newKafka()) {
      CompletableFuture<Void> created =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 10; i++) {
                  Servers.createTopic(broker, "frozen-" + i, 2, Map.of());
                }
              });

      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(250)) // in which it is awake
          .until(() -> freezeUnlessDone(broker, created));
      created.get();

      try (Admin admin = admin(broker)) {
        assertThat(admin.listTopics().names().get()).hasSize(10);
      }
    }
  }

  @Test
  void aTopicThatIsThereIsRefusedWithTheBrokersReason() {
    String topic = Servers.uniqueName("twice");
    SharedServers.get().createTopic(topic, 1);

    assertThatThrownBy(() -> SharedServers.get().createTopic(topic, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(topic)
        .hasMessageContaining("already exists");
  }

  @Test
  void aKilledBrokerComesBackOnItsAddressWithItsData() throws Exception {
    try (KafkaBroker broker = SharedServers.get().newKafka()) {
      String address = broker.bootstrap();
      Servers.createTopic(broker, "kept", 1, Map.of());
      send(broker, "kept", "before");

      broker.kill();
      broker.restart();

      assertThat(broker.bootstrap()).isEqualTo(address);
      assertThat(first(broker, "kept")).isEqualTo("before");
    }
  }

  @Test
  void aFrozenBrokerIsSilentUntilItGoesOn() throws Exception {
    try (KafkaBroker broker = SharedServers.get().newKafka()) {
      Servers.createTopic(broker, "silent", 1, Map.of());
      try (KafkaProducer<String, String> producer = producer(broker)) {
        producer.send(new ProducerRecord<>("silent", "first")).get(60, TimeUnit.SECONDS);

        broker.pause();
        var sent = producer.send(new ProducerRecord<>("silent", "waits"));
        assertThatThrownBy(() -> sent.get(300, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
        broker.resume();

        assertThat(sent.get(60, TimeUnit.SECONDS).offset()).isEqualTo(1);
      }
    }
  }

  @Test
  void aKilledRedisComesBackOnItsAddressWithItsData() {
    try (RedisServer redis = SharedServers.get().newRedis()) {
      String address = redis.url();
      try (Jedis client = new Jedis(URI.create(address))) {
        client.set("kept", "before");
      }

      redis.kill();
      redis.restart();

      assertThat(redis.url()).isEqualTo(address);
      try (Jedis client = new Jedis(URI.create(address))) {
        assertThat(client.get("kept")).isEqualTo("before");
      }
    }
  }

  private static boolean freezeUnlessDone(KafkaBroker broker, Future<?> work) throws Exception {
    broker.pause();
    try {
      work.get(400, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // as it should: nothing answers
    }
    broker.resume();
    return work.isDone();
  }

  private static Admin admin(KafkaBroker broker) {
    return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()));
  }

  private static KafkaProducer<String, String> producer(KafkaBroker broker) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrap()),
        new StringSerializer(),
        new StringSerializer());
  }

  private static void send(KafkaBroker broker, String topic, String value) throws Exception {
    try (KafkaProducer<String, String> producer = producer(broker)) {
      producer.send(new ProducerRecord<>(topic, value)).get(60, TimeUnit.SECONDS);
    }
  }

  private static String first(KafkaBroker broker, String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return consumer.poll(Duration.ofSeconds(30)).iterator().next().value();
    }
  }
}
