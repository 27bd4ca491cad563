package dev.tailrace.kafka;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.security.oauthbearer.ClientJwtValidator;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule;

/**
 * Which native keys of Kafka's clients a user may set. Those that decide what the pool promises are
 * ours, and are refused with what to set instead.
 */
final class ClientKeys {
  private static final Set<String> COMMON =
      Set.of(
          "bootstrap.servers",
          "client.dns.lookup",
          "connections.max.idle.ms",
          "metadata.max.age.ms",
          "metadata.recovery.rebootstrap.trigger.ms",
          "metadata.recovery.strategy",
          "receive.buffer.bytes",
          "reconnect.backoff.max.ms",
          "reconnect.backoff.ms",
          "request.timeout.ms",
          "retry.backoff.max.ms",
          "retry.backoff.ms",
          "send.buffer.bytes",
          "socket.connection.setup.timeout.max.ms",
          "socket.connection.setup.timeout.ms");

  private static final Set<String> CONSUMER =
      Set.of(
          "check.crcs",
          "client.rack",
          "fetch.max.bytes",
          "fetch.max.wait.ms",
          "fetch.min.bytes",
          "heartbeat.interval.ms",
          "isolation.level",
          "max.partition.fetch.bytes",
          "max.poll.interval.ms",
          "max.poll.records",
          "session.timeout.ms");

  /** What the brokers set for a group in which they divide the partitions. */
  private static final List<String> OF_CLASSIC_GROUPS =
      List.of("heartbeat.interval.ms", "session.timeout.ms");

  private static final Set<String> PRODUCER =
      Set.of(
          "batch.size",
          "buffer.memory",
          "compression.type",
          "delivery.timeout.ms",
          "linger.ms",
          "max.block.ms",
          "max.request.size");

  private static final String BYTES = "messages are bytes; a handler decodes them";
  private static final String COMMITTED = "positions are committed as messages finish";
  private static final String SENT = "messages are sent with acks=all by an idempotent producer";

  /** Keys that are ours, and what to do instead. */
  private static final Map<String, String> OURS = insteadOfOurs();

  private static final Map<String, ConfigDef.ConfigKey> DEFINITIONS = definitions();

  private ClientKeys() {}

  private static Map<String, ConfigDef.ConfigKey> definitions() {
    Map<String, ConfigDef.ConfigKey> definitions =
        new LinkedHashMap<>(ConsumerConfig.configDef().configKeys());
    definitions.putAll(ProducerConfig.configDef().configKeys());
    return definitions;
  }

  private static Map<String, String> insteadOfOurs() {
    Map<String, String> ours = new LinkedHashMap<>();
    ours.put("acks", SENT);
    ours.put("allow.auto.create.topics", "topics are created by their owners");
    ours.put("auto.commit.interval.ms", COMMITTED);
    ours.put("auto.offset.reset", "set source.kafka.start");
    ours.put("client.id", "it is made of pipeline and instance");
    ours.put("enable.auto.commit", COMMITTED);
    ours.put("enable.idempotence", SENT);
    ours.put("group.id", "set source.kafka.group");
    ours.put("group.instance.id", "set source.kafka.static-id");
    ours.put("group.protocol", "set source.kafka.protocol");
    ours.put("key.deserializer", BYTES);
    ours.put("key.serializer", BYTES);
    ours.put("partition.assignment.strategy", "set source.kafka.assignor");
    ours.put("retries", "set delivery.timeout.ms");
    ours.put("transactional.id", "transactions are not yet built");
    ours.put("value.deserializer", BYTES);
    ours.put("value.serializer", BYTES);
    return ours;
  }

  /** The keys that are passed on to a client. */
  static Collection<String> allowed() {
    Set<String> allowed = new TreeSet<>(COMMON);
    allowed.addAll(SecurityKeys.ALL);
    allowed.addAll(CONSUMER);
    allowed.addAll(PRODUCER);
    return allowed;
  }

  /** The keys that are ours: the schema lets them through, so that we say what to do instead. */
  static Collection<String> ours() {
    return OURS.keySet();
  }

  /** What is wrong with a key and its value; empty where nothing is. */
  static Optional<String> problem(String key, String value) {
    if (OURS.containsKey(key)) {
      boolean harmless = key.equals("enable.auto.commit") && value.equalsIgnoreCase("false");
      return harmless ? Optional.empty() : Optional.of("is not the user's: " + OURS.get(key));
    }
    if (!allowed().contains(key)) {
      return Optional.of("is not allowed");
    }
    return key.equals(SaslConfigs.SASL_JAAS_CONFIG)
        ? SecurityKeys.loginProblem(value)
        : invalid(key, value);
  }

  /** Asks the client's own definition of the key. */
  private static Optional<String> invalid(String key, String value) {
    ConfigDef.ConfigKey known = DEFINITIONS.get(key);
    if (known == null) {
      return Optional.empty();
    }
    try {
      Object parsed = ConfigDef.parseType(key, value, known.type);
      if (known.validator != null) {
        known.validator.ensureValid(key, parsed);
      }
      return Optional.empty();
    } catch (ConfigException invalid) {
      boolean shown = known.type != ConfigDef.Type.PASSWORD;
      return Optional.of(shown ? "the client says: " + invalid.getMessage() : "is not valid");
    }
  }

  /** What is right instead of a refused key. */
  static String allowed(String key) {
    if (key.equals(SaslConfigs.SASL_JAAS_CONFIG)) {
      return SecurityKeys.LOGIN_FORM;
    }
    if (!OURS.containsKey(key)) {
      return "allowed: what the documentation of Kafka's clients says";
    }
    return "allowed: " + (key.equals("enable.auto.commit") ? "false, or no value" : "no value");
  }

  /** The first of the settings that only members of a classic group may have. */
  static Optional<String> ofClassicGroupsOnly(KafkaClientConfig config) {
    return OF_CLASSIC_GROUPS.stream().filter(config.settings()::containsKey).findFirst();
  }

  /** Those settings that concern a consumer. */
  static Map<String, Object> ofConsumer(KafkaClientConfig config) {
    return chosen(config, CONSUMER);
  }

  /** Those settings that concern a producer. */
  static Map<String, Object> ofProducer(KafkaClientConfig config) {
    return chosen(config, PRODUCER);
  }

  /** Those settings that concern any client. */
  static Map<String, Object> ofAdmin(KafkaClientConfig config) {
    return chosen(config, Set.of());
  }

  private static Map<String, Object> chosen(KafkaClientConfig config, Set<String> own) {
    Map<String, Object> chosen = new LinkedHashMap<>();
    config
        .settings()
        .forEach(
            (key, value) -> {
              if (COMMON.contains(key) || SecurityKeys.ALL.contains(key) || own.contains(key)) {
                chosen.put(key, value);
              }
            });
    if (OAuthBearerLoginModule.OAUTHBEARER_MECHANISM.equals(
        chosen.get(SaslConfigs.SASL_MECHANISM))) {
      // the client's own default asks for a library that brokers alone need
      chosen.putIfAbsent(
          SaslConfigs.SASL_OAUTHBEARER_JWT_VALIDATOR_CLASS, ClientJwtValidator.class.getName());
    }
    return chosen;
  }
}
