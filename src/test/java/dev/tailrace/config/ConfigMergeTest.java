package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigMergeTest {

  private final SampleConfig sample;

  ConfigMergeTest(@TempDir Path folder) {
    this.sample = new SampleConfig(folder).file("base.yaml", SampleConfig.MINIMAL);
  }

  @Test
  void laterFilesChangeObjectsKeyByKey() throws ConfigException {
    ConfigSection drain =
        sample
            .file("one.yaml", "drain: {deadline: 40s, tail: 5s}")
            .file("two.yaml", "drain: {deadline: 50s}")
            .load()
            .root()
            .section("drain");

    assertThat(drain.duration("deadline")).isEqualTo(Duration.ofSeconds(50));
    assertThat(drain.durationOrAuto("tail")).contains(Duration.ofSeconds(5));
  }

  @Test
  void listsOfNamedObjectsMergeByName() throws ConfigException {
    List<ConfigSection> pipelines =
        sample
            .file(
                "more.yaml",
                """
                pipelines:
                  - name: payments
                    source: {redis: {streams: [payments]}}
                    handler: {log: }
                  - name: orders
                    timeout: 7s
                """)
            .load()
            .root()
            .sections("pipelines");

    assertThat(pipelines)
        .extracting(ConfigSection::path)
        .containsExactly("pipelines.orders", "pipelines.payments");
    assertThat(pipelines.get(0).duration("timeout")).isEqualTo(Duration.ofSeconds(7));
    assertThat(pipelines.get(0).oneOf("source").section().text("group")).isEqualTo("orders");
  }

  @Test
  void otherListsAreReplaced() throws ConfigException {
    ConfigSection root =
        sample.file("a.yaml", "plugins: [a, b]").file("b.yaml", "plugins: [c]").load().root();

    assertThat(root.texts("plugins")).containsExactly("c");
  }

  @Test
  void aSectionLeftEmptyChangesNothing() throws ConfigException {
    ConfigSection root =
        sample
            .file("a.yaml", "drain: {deadline: 40s}")
            .file("b.yaml", "drain:\npipelines:\n")
            .load()
            .root();

    assertThat(root.section("drain").duration("deadline")).isEqualTo(Duration.ofSeconds(40));
    assertThat(root.sections("pipelines")).hasSize(1);
  }

  @Test
  void aChoiceThatNeedNotBeMadeCanBeTakenBack() throws ConfigException {
    sample.file("a.yaml", "pipelines: [{name: orders, dead-letter: {kafka: orders.dlq}}]");
    assertThat(orders().optionalOneOf("dead-letter")).isPresent();

    sample.set("pipelines.orders.dead-letter=null");
    assertThat(orders().optionalOneOf("dead-letter")).isEmpty();
  }

  private ConfigSection orders() throws ConfigException {
    return sample.load().root().sections("pipelines").get(0);
  }

  @Test
  void theEnvironmentStandsOverFilesAndArgumentsOverBoth() throws ConfigException {
    ConfigSection root =
        sample
            .environment("TAILRACE_NAME", "from-environment")
            .environment("TAILRACE_DRAIN__DEADLINE", "41s")
            .environment("TAILRACE_DRAIN__TAIL", "4s")
            .set("drain.deadline=42s")
            .set("drain.deadline=43s")
            .load()
            .root();

    assertThat(root.text("name")).isEqualTo("from-environment");
    assertThat(root.section("drain").duration("deadline")).isEqualTo(Duration.ofSeconds(43));
    assertThat(root.section("drain").durationOrAuto("tail")).contains(Duration.ofSeconds(4));
    assertThat(root.section("drain").place("tail")).hasToString("TAILRACE_DRAIN__TAIL");
    assertThat(root.section("drain").place("deadline")).hasToString("--set drain.deadline");
  }

  @Test
  void aPipelineIsAddressedByItsName() throws ConfigException {
    ConfigSection orders =
        sample
            .environment("TAILRACE_PIPELINES__ORDERS__ON_STUCK", "exit")
            .environment("TAILRACE_PIPELINES__ORDERS__SOURCE__KAFKA__TOPICS", "a, b")
            .set("pipelines.orders.retry.permanent=[x.A, x.B]")
            .set("pipelines.orders.dead-letter.kafka=orders.dlq")
            .load()
            .root()
            .sections("pipelines")
            .get(0);

    assertThat(orders.choice("on-stuck")).isEqualTo("exit");
    assertThat(orders.oneOf("source").section().texts("topics")).containsExactly("a", "b");
    assertThat(orders.section("retry").texts("permanent")).containsExactly("x.A", "x.B");
    ConfigSection.Chosen deadLetter = orders.oneOf("dead-letter");
    assertThat(deadLetter.type()).isEqualTo("kafka");
    assertThat(deadLetter.section().text("topic")).isEqualTo("orders.dlq");
  }

  @Test
  void aPipelineThatIsNotThereIsNamed() {
    assertThat(sample.environment("TAILRACE_PIPELINES__ORDER__TIMEOUT", "5s").mistakes())
        .containsExactly(
            "error: TAILRACE_PIPELINES__ORDER__TIMEOUT: pipelines.order: there is nothing of that"
                + " name; did you mean 'orders'?");
  }

  @Test
  void belowKafkaTheRestIsOneKey() throws ConfigException {
    ConfigSection kafka =
        sample
            .environment("TAILRACE_KAFKA__MAX_POLL_RECORDS", "100")
            .set("kafka.client.id=7")
            .load()
            .root()
            .section("kafka");

    assertThat(kafka.rawTexts())
        .containsEntry("max.poll.records", "100")
        .containsEntry("client.id", "7")
        .containsEntry("bootstrap.servers", "localhost:9092");
  }

  @Test
  void variablesThatAreNotOursAreLeftAlone() throws ConfigException {
    EffectiveConfig config =
        sample
            .environment("TAILRACE_URL", "http://localhost:1")
            .environment("TAILRACE_SOMETHING", "x")
            .environment("TAILRACES__X", "x")
            .environment("PATH", "/bin")
            .load();

    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void valuesOfTheEnvironmentHaveTheTypeOfTheirKey() throws ConfigException {
    ConfigSection root =
        sample
            .environment("TAILRACE_INSTANCE", "42")
            .environment("TAILRACE_ADMIN__PORT", "0")
            .environment("TAILRACE_EVENTS__FILE", "")
            .load()
            .root();

    assertThat(root.optionalText("instance")).contains("42");
    assertThat(root.section("admin").integer("port")).isZero();
    assertThat(root.section("events").optionalText("file")).isEmpty();
  }

  @Test
  void anEmptyKeyInAnArgumentIsRefused() {
    assertThat(sample.set("drain..deadline=1s").set("=x").mistakes())
        .containsExactly(
            "error: --set : has an empty key; allowed: --set a.b=value",
            "error: --set drain..deadline: has an empty key; allowed: --set a.b=value");
  }

  @Test
  void aWholeObjectCanBeGivenAsAnArgument() throws ConfigException {
    ConfigSection root = sample.set("probes={host: 0.0.0.0, port: 0}").load().root();

    assertThat(root.section("probes").text("host")).isEqualTo("0.0.0.0");
    assertThat(root.section("probes").place("host")).hasToString("--set probes");
  }
}
