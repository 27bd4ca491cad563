package dev.tailrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.ConfigSchema;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.ExtensionPoint;
import dev.tailrace.config.Fragment;
import dev.tailrace.config.ObjectSchema;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.Until;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sections {@code kafka} and {@code source.kafka}, from YAML to settings. */
class KafkaConfigTest {
  private static final String SOURCE = "topics: [orders], group: g, start: earliest";

  @TempDir private Path folder;

  private static ConfigSchema schema() {
    ObjectSchema nothing = ObjectSchema.builder().build();
    return ConfigSchema.builder()
        .section(KafkaClientConfig.fragment())
        .extension(ExtensionPoint.SOURCE, new KafkaSourceType().fragment())
        .extension(ExtensionPoint.HANDLER, new Fragment("log", nothing))
        .extension(ExtensionPoint.DEAD_LETTER, new KafkaSinkType().fragment())
        .build();
  }

  private ConfigSection root(String client, String source) throws ConfigException {
    String yaml =
        """
        name: pool
        kafka: {%s}
        pipelines:
          - name: other
            source: {kafka: {topics: [x], group: x, start: none}}
            handler: {log: {}}
          - name: orders
            source: {kafka: {%s}}
            buffer: {window: 777}
            handler: {log: {}}
        """
            .formatted(client, source);
    Path file = folder.resolve("tailrace.yaml");
    try {
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new ConfigLoader(schema())
        .load(new ConfigInputs(List.of(file), Map.of(), List.of()))
        .root();
  }

  private KafkaSourceConfig read(String client, String source) throws ConfigException {
    ConfigSection root = root(client, source);
    SourceConfig read =
        new KafkaSourceType()
            .read(root.sections("pipelines").get(1).oneOf("source").section(), root);
    return (KafkaSourceConfig) read;
  }

  @Test
  void theDefaultsAreThoseOfTheDocumentation() throws ConfigException {
    KafkaSourceConfig config = read("", SOURCE);

    assertThat(config.bootstrap()).isEqualTo("localhost:9092");
    assertThat(config.membership()).isEqualTo(Membership.of("g"));
    assertThat(config.membership().revokeDeadline()).isEqualTo(Duration.ofSeconds(8));
    assertThat(config.consumers()).isEqualTo(1);
    assertThat(config.until()).isEqualTo(Until.STOP);
    assertThat(config.describe()).isEqualTo("orders");
  }

  @Test
  void everySettingIsRead() throws ConfigException {
    KafkaSourceConfig config =
        read(
            "bootstrap.servers: 'b:1', max.poll.records: 50, enable.auto.commit: false",
            "pattern: 'orders\\..*', group: g, consumers: 3, assignor: range, static-id: s,"
                + " on-close: remain, revoke-deadline: 2s, until: end,"
                + " start: 'timestamp:2026-01-31T00:00:00Z'");

    assertThat(config.client().settings())
        .containsEntry("bootstrap.servers", "b:1")
        .containsEntry("max.poll.records", "50");
    assertThat(config.subscription().toString()).isEqualTo("orders\\..*");
    assertThat(config.membership())
        .isEqualTo(
            Membership.of("g", GroupProtocol.classic(Assignor.RANGE))
                .withStaticId("s", OnClose.REMAIN)
                .withRevokeDeadline(Duration.ofSeconds(2)));
    assertThat(config.start().toString()).isEqualTo("timestamp:2026-01-31T00:00:00Z");
    assertThat(config.consumers()).isEqualTo(3);
    assertThat(config.until()).isEqualTo(Until.END);
    assertThat(config.window()).as("of the pipeline around it").isEqualTo(777);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "enable.auto.commit: true | kafka.enable.auto.commit: is not the user's: positions are"
            + " committed as messages finish; allowed: false, or no value",
        "auto.offset.reset: latest | set source.kafka.start",
        "group.id: g | set source.kafka.group",
        "max.poll.records: many | kafka.max.poll.records: the client says",
        "isolation.level: none | kafka.isolation.level: the client says",
        "ssl.key.password: [a] | kafka.ssl.key.password",
        "sasl.login.callback.handler.class: com.acme.Login | Class com.acme.Login could not be found",
        "max.pol.records: 5 | did you mean 'max.poll.records'?"
      })
  void nativeKeysThatAreNotTheUsersAreRefusedWithWhatToSetInstead(String client, String words) {
    assertThatThrownBy(() -> read(client, SOURCE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("tailrace.yaml:2:");
  }

  /** The client's own words would repeat a piece of the password. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.B required password=\"hunter2\"",
        "a.B required password=\"x\"hunter2\";",
        "a.B hunter2 password=\"x\";"
      })
  void aLoginThatTheClientCannotReadIsRefusedAtItsPlaceAndNotRepeated(String login) {
    assertThatThrownBy(() -> read("sasl.jaas.config: '" + login + "'", SOURCE))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tailrace.yaml:2:")
        .hasMessageContaining("kafka.sasl.jaas.config: is no JAAS configuration")
        .hasMessageContaining("allowed: MODULE required")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void everyWayToProveWhoOneIsCanBeSet() throws ConfigException {
    List<String> keys =
        Stream.concat(
                ConsumerConfig.configDef().names().stream(),
                ProducerConfig.configDef().names().stream())
            .filter(key -> key.startsWith("sasl.") || key.startsWith("ssl."))
            .filter(key -> !key.contains(".jwks.") && !key.contains(".expected."))
            .distinct()
            .toList();

    assertThat(keys).hasSizeGreaterThan(50);
    assertThat(ClientKeys.allowed()).containsAll(keys).contains("security.protocol");
  }

  @Test
  void theDefaultAssignorMayStandBesideTheProtocolThatHasNone() throws ConfigException {
    String source = "topics: [a], group: g, start: earliest, protocol: consumer";

    KafkaSourceConfig config = read("", source + ", assignor: cooperative-sticky");

    assertThat(config.membership().protocol()).isEqualTo(GroupProtocol.consumer());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pattern: 'a(', group: g, start: none | is no regular expression",
        "topics: [a], group: g, start: 'timestamp:now' | holds no ISO-8601 time",
        "topics: [a], group: g, start: earliest, on-close: remain | remain with static-id",
        "topics: [a], group: g, start: earliest, revoke-deadline: 5m | max.poll.interval.ms",
        "pattern: a.*, group: g, start: none, missing-topics: create | names no topic to create",
        "topics: [a], group: g, start: earliest, protocol: consumer, assignor: range | does not go"
            + " with protocol 'consumer'",
        "topics: [a], group: g | start",
        "group: g, start: none | topics"
      })
  void aSourceThatCannotWorkIsRefusedAtItsPlace(String source, String words) {
    assertThatThrownBy(() -> read("", source))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("tailrace.yaml:8:");
  }

  @Test
  void whatIsMissingAndWhatIsOutOfRangeHaveTheirOwnAnswers() throws ConfigException {
    KafkaSourceConfig said = read("", SOURCE + ", missing-topics: wait, out-of-range: hold");
    KafkaSourceConfig unsaid = read("", SOURCE);

    assertThat(said.subscription().missing()).isEqualTo(MissingTopics.WAIT);
    assertThat(said.outOfRange()).isEqualTo(OutOfRange.HOLD);
    assertThat(unsaid.subscription().missing()).isEqualTo(MissingTopics.FAIL);
    assertThat(unsaid.outOfRange()).isEqualTo(OutOfRange.EARLIEST);
  }

  @Test
  void aGroupThatItsBrokersDivideHasNoAssignorAndNoSessionOfItsOwn() throws ConfigException {
    KafkaSourceConfig config = read("", SOURCE + ", protocol: consumer, static-id: s");

    assertThat(config.membership())
        .isEqualTo(Membership.of("g", GroupProtocol.consumer()).withStaticId("s", OnClose.LEAVE));
    assertThatThrownBy(() -> read("session.timeout.ms: 9000", SOURCE + ", protocol: consumer"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("protocol: 'consumer' does not go with kafka.session.timeout.ms");
    assertThatThrownBy(
            () -> config.withClient(config.client().with("heartbeat.interval.ms", "1000")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("heartbeat.interval.ms");
  }

  @ParameterizedTest
  @CsvSource({
    "consumer, classic, protocol",
    "classic, consumer, protocol",
    "consumer, consumer, group",
    "classic, classic, group"
  })
  void twoPipelinesOfOneGroupAgreeOnItsProtocol(String one, String other, String key) {
    KafkaSourceConfig earlier = KafkaSourceConfig.of("b:1", "g", "a").withMembership(of(one));
    KafkaSourceConfig later = KafkaSourceConfig.of("b:1", "g", "b").withMembership(of(other));

    assertThat(later.conflict(earlier, "first"))
        .hasValueSatisfying(conflict -> assertThat(conflict.key()).isEqualTo(key))
        .hasValueSatisfying(conflict -> assertThat(conflict.fatal()).isEqualTo(!one.equals(other)));
  }

  private static Membership of(String protocol) {
    GroupProtocol agreed =
        protocol.equals("consumer")
            ? GroupProtocol.consumer()
            : GroupProtocol.classic(Assignor.RANGE);
    return Membership.of("g", agreed);
  }

  @Test
  void secretsAreNotPrinted() {
    KafkaClientConfig config =
        KafkaClientConfig.of("localhost:9092").with("sasl.jaas.config", "a.B required password=x;");

    assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("password");
  }

  @Test
  void aDeadLetterTopicKnowsItself() throws ConfigException {
    KafkaSinkType type = new KafkaSinkType();
    var factory = type.read("orders.dlq", root("", SOURCE));

    assertThat(factory.isSameAs("kafka", "orders.dlq")).isTrue();
    assertThat(factory.isSameAs("redis", "orders.dlq")).isFalse();
    assertThat(factory.isSameAs("kafka", "orders")).isFalse();
  }
}
