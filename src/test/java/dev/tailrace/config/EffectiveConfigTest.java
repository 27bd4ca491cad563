package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectiveConfigTest {

  private final Path folder;

  EffectiveConfigTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void whatIsPrintedIsAConfigurationThatMeansTheSame() throws ConfigException {
    EffectiveConfig config =
        load(
            SampleConfig.MINIMAL
                + """
                    dead-letter: {kafka: orders.dlq}
                  - name: java
                    source: {redis: {streams: ["a: b", '5', "true", "null", "", "#x", "ü\\n\\"\\\\"]}}
                    handler:
                      java:
                        class: com.acme.Orders
                        config: {a: [1, [2, {b: c, d: []}], {}], e: 1.5, f: true, g: null, 'h: ': x}
                kafka: {max.poll.records: 5}
                """);

    EffectiveConfig again = load(config.yaml());

    assertThat(again.yaml()).isEqualTo(config.yaml());
    assertThat(again.sha256()).isEqualTo(config.sha256());
    assertThat(ConfigDiff.between(config, again)).isEmpty();
  }

  @Test
  void defaultsArePrintedInTheOrderOfTheSchema() throws ConfigException {
    assertThat(load(SampleConfig.MINIMAL).yaml())
        .startsWith(
            """
            name: orders-worker
            instance: null
            plugins:
              - plugins
            kafka:
              bootstrap.servers: "localhost:9092"
            """)
        .contains(
            """
            pipelines:
              - name: orders
                source:
                  kafka:
                    topics:
                      - orders
                    group: orders
                    start: earliest
                    consumers: 1
                    protocol: classic
                order: key
                concurrency: 256
            """);
  }

  @Test
  void eachValueSaysWhereItComesFrom() throws ConfigException {
    EffectiveConfig config =
        new SampleConfig(folder)
            .file("tailrace.yaml", SampleConfig.MINIMAL)
            .environment("TAILRACE_DRAIN__DEADLINE", "30s")
            .set("drain.tail=4s")
            .load();

    assertThat(config.yamlWithOrigins().replace(folder + "/", ""))
        .contains(
            "name: orders-worker  # tailrace.yaml:1:7\n",
            "\n        topics:\n          - orders  # tailrace.yaml:6:18\n",
            "\n        consumers: 1  # default\n",
            "\n  deadline: 30s  # TAILRACE_DRAIN__DEADLINE\n",
            "\n  tail: 4s  # --set drain.tail\n");
    assertThat(load(config.yamlWithOrigins()).yaml()).isEqualTo(config.yaml());
    assertThat(new JsonObject(config.origins()).getJsonObject("drain").getMap())
        .containsEntry("deadline", "TAILRACE_DRAIN__DEADLINE")
        .containsEntry("tail", "--set drain.tail")
        .containsEntry("strategy", "default");
  }

  @Test
  void theHashChangesWithAValueAndNotWithItsPlaceOrASecret() throws ConfigException {
    String hash = load(SampleConfig.MINIMAL).sha256();

    assertThat(hash).matches("[0-9a-f]{64}");
    assertThat(load("drain: {deadline: 25s}\n# same\n" + SampleConfig.MINIMAL).sha256())
        .isEqualTo(hash);
    assertThat(load("drain: {deadline: 26s}\n" + SampleConfig.MINIMAL).sha256()).isNotEqualTo(hash);
    assertThat(load("redis: {password: a}\n" + SampleConfig.MINIMAL).sha256())
        .isEqualTo(load("redis: {password: b}\n" + SampleConfig.MINIMAL).sha256())
        .isNotEqualTo(hash);
  }

  @Test
  void aDifferenceNamesEachValueThatChangedWithoutItsSecret() throws ConfigException {
    EffectiveConfig before = load(SampleConfig.MINIMAL + "redis: {password: a}\nplugins: [a]\n");
    EffectiveConfig after =
        load(
            SampleConfig.MINIMAL
                + """
                    timeout: 5s
                  - name: more
                    source: {redis: {streams: [more]}}
                    handler: {log: {}}
                redis: {password: b}
                plugins: [a, b]
                """);

    assertThat(ConfigDiff.between(before, after))
        .extracting(ConfigDiff.Change::toString)
        .contains(
            "plugins: [a] -> [a, b]",
            "redis.password: \"***\" -> \"***\"",
            "pipelines.orders.timeout: 10s -> 5s",
            "pipelines.more.name: (unset) -> more",
            "pipelines.more.handler.log: (unset) -> {}")
        .noneMatch(change -> change.startsWith("pipelines.orders.retry"));
    assertThat(ConfigDiff.between(after, before))
        .extracting(ConfigDiff.Change::toString)
        .contains("pipelines.more.name: more -> (unset)");
    assertThat(ConfigDiff.between(before, before)).isEmpty();
  }

  @Test
  void aReaderReportsItsOwnMistakesAtTheRightPlace() throws ConfigException {
    ConfigSection orders = load(SampleConfig.MINIMAL).root().sections("pipelines").get(0);
    ConfigSection source = orders.oneOf("source").section();

    assertThat(plain(source.error("group", "is odd", "allowed: even")))
        .isEqualTo(
            "error: tailrace.yaml:7:16: pipelines.orders.source.kafka.group: is odd; allowed: even");
    assertThat(plain(orders.warning("timeout", "is long", "advised: 1s")))
        .isEqualTo("warning: tailrace.yaml:3:5: pipelines.orders.timeout: is long; advised: 1s");
    assertThat(source.isSet("group")).isTrue();
    assertThat(source.isSet("consumers")).isFalse();
  }

  @Test
  void askingForAKeyThatIsNotDeclaredIsAMistakeOfTheProgram() throws ConfigException {
    ConfigSection root = load(SampleConfig.MINIMAL).root();

    assertThatThrownBy(() -> root.text("nmae"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nmae");
    assertThatThrownBy(() -> root.section("name")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> root.text("instance"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("instance is not set");
  }

  private String plain(ConfigError error) {
    return error.toString().replace(folder + "/", "");
  }

  private EffectiveConfig load(String yaml) throws ConfigException {
    return new SampleConfig(folder).file("tailrace.yaml", yaml).load();
  }
}
