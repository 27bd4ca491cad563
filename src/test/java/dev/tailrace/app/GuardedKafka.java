package dev.tailrace.app;

import static org.awaitility.Awaitility.await;

import dev.tailrace.kafka.KafkaClientConfig;
import dev.tailrace.kafka.KafkaSinkFactory;
import dev.tailrace.kafka.KafkaSourceConfig;
import dev.tailrace.kafka.Membership;
import dev.tailrace.local.LocalKafka;
import dev.tailrace.local.Servers;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Two topics, {@code orders} and {@code letters}, and a group {@code workers} on a broker that asks
 * who somebody is and what he may do, and one user whose rights are given. One at a time: the
 * rights to what an earlier one had are taken away.
 */
final class GuardedKafka {
  private static final String USER = "worker";
  private static final String NONE = "-";

  private final LocalKafka broker;
  private final String suffix;

  /**
   * Creates the topics.
   *
   * @param broker guarded
   * @param suffix to all three names
   */
  GuardedKafka(LocalKafka broker, String suffix) {
    this.broker = broker;
    this.suffix = suffix;
    for (String topic : List.of(orders(), letters())) {
      Servers.createTopic(broker, topic, 1, Map.of());
    }
  }

  String orders() {
    return "orders" + suffix;
  }

  String letters() {
    return "letters" + suffix;
  }

  String workers() {
    return "workers" + suffix;
  }

  String bootstrap() {
    return broker.bootstrap();
  }

  /** One right to the topic, to the group and to the dead letters each, or {@code -} for none. */
  void allowOnly(String topic, String group, String letters) throws Exception {
    try (Admin admin = Admin.create(broker.administrator())) {
      Set<AclBinding> rules = new HashSet<>();
      rules.addAll(rule(ResourceType.TOPIC, orders(), topic));
      rules.addAll(rule(ResourceType.GROUP, workers(), group));
      rules.addAll(rule(ResourceType.TOPIC, letters(), letters));
      admin.createAcls(rules).all().get(); // first, so that no other right is missing for a moment
      List<AclBindingFilter> others =
          admin.describeAcls(AclBindingFilter.ANY).values().get().stream()
              .filter(rule -> !rules.contains(rule))
              .map(AclBinding::toFilter)
              .toList();
      admin.deleteAcls(others).all().get();
      // the broker goes by what its controller has told it, which may be a little later
      await()
          .until(
              () -> Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get()),
              rules::equals);
    }
  }

  private static List<AclBinding> rule(ResourceType type, String name, String operation) {
    return operation.equals(NONE)
        ? List.of()
        : List.of(
            new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry(
                    "User:" + USER,
                    "*",
                    AclOperation.valueOf(operation),
                    AclPermissionType.ALLOW)));
  }

  /** Reads and writes as that user. */
  Pipeline pipeline() {
    return reading(
            Membership.of(workers()), (message, context) -> Future.succeededFuture(Outcome.done()))
        .build();
  }

  /** As above, with a handler, in the group {@code workers}. */
  Pipeline.Builder reading(Membership membership, MessageHandler handler) {
    KafkaClientConfig client = KafkaClientConfig.of(bootstrap());
    for (Map.Entry<String, String> setting : LocalKafka.login(USER).entrySet()) {
      client = client.with(setting.getKey(), setting.getValue());
    }
    if (membership.protocol().assignor() != null) {
      client = client.with("session.timeout.ms", "3000").with("heartbeat.interval.ms", "500");
    }
    return Pipeline.named("guarded")
        .source(
            KafkaSourceConfig.of(bootstrap(), workers(), orders())
                .withClient(client)
                .withMembership(membership))
        .handle(handler)
        .deadLetter(new KafkaSinkFactory(client, letters()));
  }

  /** Writes a message to {@code orders}, with all rights. */
  void produce(String body) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            broker.administrator(), new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(orders(), bytes)).get();
    }
  }

  /** What the group has committed of {@code orders}. */
  long committed() throws Exception {
    try (Admin admin = Admin.create(broker.administrator())) {
      OffsetAndMetadata committed =
          admin
              .listConsumerGroupOffsets(workers())
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(orders(), 0));
      return committed == null ? 0 : committed.offset();
    }
  }
}
