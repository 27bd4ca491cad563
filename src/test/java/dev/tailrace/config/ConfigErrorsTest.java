package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigErrorsTest {

  private final Path folder;

  ConfigErrorsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void anUnknownKeyIsNamedWithTheOneThatWasMeant() {
    assertThat(mistakes(pipelineWith("    concurency: 8")))
        .containsExactly(
            "error: tailrace.yaml:10:5: pipelines.orders.concurency: unknown key; did you mean"
                + " 'concurrency'?");
  }

  @Test
  void anUnknownKeyLikeNoneIsNamedWithAllThatAreKnown() {
    assertThat(mistakes(SampleConfig.MINIMAL + "startup: {xyz: 1}\n"))
        .containsExactly("error: tailrace.yaml:10:11: startup.xyz: unknown key; allowed: deadline");
  }

  @Test
  void anUnknownSourceIsNamedWithTheOneThatWasMeant() {
    assertThat(mistakes(SampleConfig.MINIMAL.replace("kafka:", "kafak:")))
        .containsExactly(
            "error: tailrace.yaml:5:7: pipelines.orders.source.kafak: unknown source 'kafak'; did"
                + " you mean 'kafka'?");
  }

  @Test
  void anUnknownNativeKeyIsNamedWithTheOneThatWasMeant() {
    assertThat(mistakes(SampleConfig.MINIMAL + "kafka: {max.pol.records: 5}\n"))
        .containsExactly(
            "error: tailrace.yaml:10:9: kafka.max.pol.records: unknown key; did you mean"
                + " 'max.poll.records'?");
  }

  @Test
  void aValueOfTheWrongTypeIsShownWithWhatIsAllowed() {
    assertThat(
            mistakes(
                pipelineWith(
                    """
                        concurrency: many
                        timeout: [10s]
                        retry: 5
                        buffer: {messages: {}}
                        handler: log
                        idempotency: {store: 5, key: position}
                    """
                        .stripTrailing(),
                    "    handler: {log: {}}\n")))
        .containsExactly(
            "error: tailrace.yaml:9:18: pipelines.orders.concurrency: 'many' is not an integer;"
                + " allowed: an integer from 1 to 1000000",
            "error: tailrace.yaml:10:14: pipelines.orders.timeout: is a list; allowed: a duration"
                + " such as 10s (units: ms, s, m, h, d) of at least 1ms",
            "error: tailrace.yaml:11:12: pipelines.orders.retry: '5' is a single value; allowed:"
                + " an object",
            "error: tailrace.yaml:12:24: pipelines.orders.buffer.messages: is an object; allowed:"
                + " an integer from 1 to 100000000",
            "error: tailrace.yaml:13:14: pipelines.orders.handler: 'log' is a single value;"
                + " allowed: an object with exactly one of log, java",
            "error: tailrace.yaml:14:26: pipelines.orders.idempotency.store: '5' is unknown;"
                + " allowed: none, memory, redis");
  }

  @Test
  void textThatLooksLikeSomethingElseAsksForQuotes() {
    assertThat(mistakes(SampleConfig.MINIMAL.replace("group: orders", "group: 2026")))
        .containsExactly(
            "error: tailrace.yaml:7:16: pipelines.orders.source.kafka.group: is an integer, not"
                + " text; put it in quotes; allowed: text");
  }

  @Test
  void aNumberWithoutItsUnitIsRefusedWithTheUnits() {
    assertThat(
            mistakes(
                SampleConfig.MINIMAL
                    + "drain: {deadline: 25}\nevents: {rotate: '256'}\nadmin: {port: 0}\n"))
        .containsExactly(
            "error: tailrace.yaml:10:19: drain.deadline: '25' has no unit; allowed: a duration such"
                + " as 10s (units: ms, s, m, h, d) from 500ms to 24h",
            "error: tailrace.yaml:11:18: events.rotate: '256' has no unit; allowed: a size such as"
                + " 64MiB (units: KiB, MiB, GiB) of at least 1MiB");
  }

  @Test
  void anUnknownUnitIsRefusedWithTheUnits() {
    assertThat(mistakes(SampleConfig.MINIMAL + "startup: {deadline: 10sec}\n"))
        .containsExactly(
            "error: tailrace.yaml:10:21: startup.deadline: '10sec' is not a duration; allowed: a"
                + " duration such as 10s (units: ms, s, m, h, d)");
  }

  @Test
  void aDuplicateKeyIsNamedWithItsFirstPlace() {
    assertThat(mistakes(SampleConfig.MINIMAL + "name: other\n"))
        .containsExactly(
            "error: tailrace.yaml:10:1: name: duplicate key, set before at tailrace.yaml:1:1;"
                + " allowed: each key once");
  }

  @Test
  void aDuplicatePipelineIsNamedWithItsFirstPlace() {
    assertThat(
            mistakes(
                SampleConfig.MINIMAL
                    + """
                      - name: orders
                        source: {redis: {streams: [orders]}}
                        handler: {log: {}}
                    """))
        .containsExactly(
            "error: tailrace.yaml:10:11: pipelines.orders.name: 'orders' is already the name of the"
                + " one at tailrace.yaml:3:11; allowed: each name once");
  }

  @Test
  void aMissingKeyIsReportedWhereItBelongs() {
    assertThat(mistakes("pipelines:\n  - name: orders\n    source: {kafka: {topics: [a]}}\n"))
        .containsExactly(
            "error: tailrace.yaml:1:1: name: is missing; allowed: a name of 1 to 63 of the"
                + " characters a-z, 0-9 and -",
            "error: tailrace.yaml:2:5: pipelines.orders.handler: is missing; allowed: an object"
                + " with exactly one of log, java",
            "error: tailrace.yaml:3:21: pipelines.orders.source.kafka.group: is missing; allowed:"
                + " text",
            "error: tailrace.yaml:3:21: pipelines.orders.source.kafka.start: is missing; allowed:"
                + " earliest, latest, none or timestamp:ISO-8601");
  }

  @Test
  void whatIsLeftEmptyIsRefusedWhereAValueIsNeeded() {
    assertThat(mistakes("name:\npipelines: []\nstartup: {deadline: }\ndrain:\n"))
        .containsExactly(
            "error: tailrace.yaml:1:6: name: has no value; allowed: a name of 1 to 63 of the"
                + " characters a-z, 0-9 and -",
            "error: tailrace.yaml:2:12: pipelines: is empty; allowed: a list of objects, each with"
                + " its name",
            "error: tailrace.yaml:3:20: startup.deadline: has no value; allowed: a duration such as"
                + " 10s (units: ms, s, m, h, d)");
  }

  @Test
  void aMissingNameShowsThePositionInstead() {
    assertThat(mistakes(SampleConfig.MINIMAL.replace("- name: orders", "- order: key")))
        .containsExactly(
            "error: tailrace.yaml:3:5: pipelines[0].name: is missing; allowed: a name of 1 to 63 of"
                + " the characters a-z, 0-9 and -");
  }

  @Test
  void alternativesAreCountedAsOne() {
    assertThat(
            mistakes(SampleConfig.MINIMAL.replace("topics: [orders]", "pattern: a, topics: [b]")))
        .isNotEmpty();
    assertThat(mistakes(SampleConfig.MINIMAL.replace("topics: [orders]", "consumers: 2")))
        .containsExactly(
            "error: tailrace.yaml:6:9: pipelines.orders.source.kafka: one of topics, pattern is"
                + " missing; allowed: exactly one of them");
    assertThat(
            mistakes(
                SampleConfig.MINIMAL.replace(
                    "topics: [orders]", "topics: [orders]\n        pattern: 'o.*'")))
        .containsExactly(
            "error: tailrace.yaml:6:9: pipelines.orders.source.kafka: topics and pattern are both"
                + " set; allowed: exactly one of topics, pattern");
  }

  @Test
  void twoSourcesInOnePipelineAreRefused() {
    assertThat(
            mistakes(
                SampleConfig.MINIMAL.replace(
                    "    handler:", "      redis: {streams: [a]}\n    handler:")))
        .containsExactly(
            "error: tailrace.yaml:5:7: pipelines.orders.source: names 2: kafka, redis; allowed: an"
                + " object with exactly one of kafka, redis");
  }

  @Test
  void aValueOutOfRangeIsShownWithTheRange() {
    assertThat(
            mistakes(
                SampleConfig.MINIMAL
                    + "drain: {deadline: 1ms}\nadmin: {port: 99999}\nevents: {rotate: 4KiB}\n"))
        .containsExactly(
            "error: tailrace.yaml:10:19: drain.deadline: '1ms' is out of range; allowed: a duration"
                + " such as 10s (units: ms, s, m, h, d) from 500ms to 24h",
            "error: tailrace.yaml:11:15: admin.port: '99999' is out of range; allowed: an integer"
                + " from 0 to 65535",
            "error: tailrace.yaml:12:18: events.rotate: '4KiB' is out of range; allowed: a size"
                + " such as 64MiB (units: KiB, MiB, GiB) of at least 1MiB");
  }

  @Test
  void anUnknownWordIsShownWithTheWordsAndTheOneThatWasMeant() {
    assertThat(mistakes(pipelineWith("    order: unorderd")))
        .containsExactly(
            "error: tailrace.yaml:10:12: pipelines.orders.order: 'unorderd' is unknown; allowed:"
                + " key, partition, unordered; did you mean 'unordered'?");
  }

  @Test
  void whatIsNotBuiltYetIsSaidToBeSo() {
    assertThat(
            mistakes(
                pipelineWith("    order: key")
                        .replace("group:", "protocol: consumer\n        group:")
                    + "drain: {strategy: bounded, triggers: {heap: 90%}}\n"))
        .containsExactly(
            "error: tailrace.yaml:7:19: pipelines.orders.source.kafka.protocol: 'consumer' is not"
                + " yet built; allowed: classic");
  }

  @Test
  void aKeyThatIsNotBuiltYetIsSaidToBeSo() {
    String redis =
        """
        name: w
        pipelines:
          - name: p
            source: {redis: {streams: [a], shards: {count: 8}}}
            handler: {log: {}}
        """;

    assertThat(mistakes(redis))
        .containsExactly(
            "error: tailrace.yaml:4:44: pipelines.p.source.redis.shards: is not yet built; allowed:"
                + " leave it out");
  }

  @Test
  void brokenYamlIsReportedAtItsPlace() {
    assertThat(mistakes("name: a\npipelines: [\n"))
        .containsExactly(
            "error: tailrace.yaml:3:1: expected the node content, but found '<stream end>';"
                + " allowed: valid YAML");
    assertThat(mistakes("name: a: b\n"))
        .containsExactly(
            "error: tailrace.yaml:1:8: mapping values are not allowed here; allowed: valid YAML");
    assertThat(mistakes("- a\n"))
        .containsExactly(
            "error: tailrace.yaml:1:1: the file is not an object; allowed: keys with values");
  }

  @Test
  void tagsMergeKeysAndComplexKeysAreRefused() {
    assertThat(
            mistakes(
                SampleConfig.MINIMAL
                    + "instance: !!java.io.File x\nreport: {<<: {}}\nevents: {? [a] : b}\n"))
        .containsExactly(
            "error: tailrace.yaml:10:11: instance: tags are not supported; allowed: the value"
                + " without its tag",
            "error: tailrace.yaml:11:10: report.<<: merge keys are not supported; allowed: plain"
                + " keys",
            "error: tailrace.yaml:12:12: events: a key is not text; allowed: text as keys");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(new SampleConfig(folder).path(folder.resolve("none.yaml")).mistakes())
        .containsExactly(
            "error: none.yaml: cannot be read (no such file); allowed: a readable YAML file");
    assertThat(new SampleConfig(folder).path(folder).mistakes()).hasSize(1);
  }

  @Test
  void allMistakesOfAllPlacesAreReportedAtOnceInTheirOrder() {
    List<String> mistakes =
        new SampleConfig(folder)
            .file("a.yaml", pipelineWith("    timeout: 5"))
            .file("b.yaml", "drain: {deadline: soon}\nnmae: x\n")
            .environment("TAILRACE_ADMIN__PORT", "http")
            .set("probes.port=-1")
            .set("nonsense")
            .mistakes();

    assertThat(mistakes)
        .containsExactly(
            "error: a.yaml:10:14: pipelines.orders.timeout: '5' has no unit; allowed: a duration"
                + " such as 10s (units: ms, s, m, h, d) of at least 1ms",
            "error: b.yaml:1:19: drain.deadline: 'soon' is not a duration; allowed: a duration such"
                + " as 10s (units: ms, s, m, h, d) from 500ms to 24h",
            "error: b.yaml:2:1: nmae: unknown key; did you mean 'name'?",
            "error: TAILRACE_ADMIN__PORT: admin.port: 'http' is not an integer; allowed: an integer"
                + " from 0 to 65535",
            "error: --set nonsense: has no value; allowed: --set a.b=value",
            "error: --set probes.port: probes.port: '-1' is out of range; allowed: an integer from"
                + " 0 to 65535");
  }

  private List<String> mistakes(String yaml) {
    return new SampleConfig(folder).file("tailrace.yaml", yaml).mistakes();
  }

  private static String pipelineWith(String lines) {
    return SampleConfig.MINIMAL + lines + "\n";
  }

  private static String pipelineWith(String lines, String instead) {
    return SampleConfig.MINIMAL.replace(instead, "") + lines + "\n";
  }
}
