package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.EffectiveConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads who got the configuration wrong: word for word, from the real schema. */
final class BadConfigurationTest {
  private static final String KAFKA =
      """
      name: worker
      pipelines:
        - name: orders
          source: {kafka: {topics: [orders], group: orders, start: earliest}}
          handler: {log: {}}
      """;
  private static final String JAVA = KAFKA.replace("{log: {}}", "{java: {class: com.acme.Orders}}");
  private static final String SHAPES =
      "; allowed: a class with a public constructor without parameters that implements"
          + " MessageHandler, BlockingHandler, BatchHandler or HandlerFactory";

  @TempDir private Path folder;

  @Test
  void anUnknownKeyIsRefusedWithTheOneThatWasMeant() throws Exception {
    assertThat(said(KAFKA + "    concurency: 8\n"))
        .containsExactly(
            "error: tailrace.yaml:6:5: pipelines.orders.concurency: unknown key; did you mean"
                + " 'concurrency'?");
  }

  @Test
  void anUnknownKeyOfTheBrokersClientIsRefusedWithTheOneThatWasMeant() throws Exception {
    assertThat(said(KAFKA + "kafka: {max.pol.records: 10}\n"))
        .containsExactly(
            "error: tailrace.yaml:6:9: kafka.max.pol.records: unknown key; did you mean"
                + " 'max.poll.records'?");
  }

  @Test
  void aValueOfTheWrongTypeIsRefused() throws Exception {
    assertThat(said(KAFKA + "    concurrency: many\n    retry: 5\n    order: keys\n"))
        .containsExactly(
            "error: tailrace.yaml:6:18: pipelines.orders.concurrency: 'many' is not an integer;"
                + " allowed: an integer from 1 to 1000000",
            "error: tailrace.yaml:7:12: pipelines.orders.retry: '5' is a single value; allowed: an"
                + " object",
            "error: tailrace.yaml:8:12: pipelines.orders.order: 'keys' is unknown; allowed: key,"
                + " partition, unordered; did you mean 'key'?");
  }

  @Test
  void aNumberWithoutItsUnitIsRefusedWithTheUnits() throws Exception {
    assertThat(said(KAFKA + "    timeout: 10\n    buffer: {bytes: 64}\n"))
        .containsExactly(
            "error: tailrace.yaml:6:14: pipelines.orders.timeout: '10' has no unit; allowed: a"
                + " duration such as 10s (units: ms, s, m, h, d) of at least 1ms",
            "error: tailrace.yaml:7:21: pipelines.orders.buffer.bytes: '64' has no unit; allowed: a"
                + " size such as 64MiB (units: KiB, MiB, GiB) of at least 1KiB");
  }

  @Test
  void aDuplicateKeyIsRefusedWithThePlaceOfTheFirst() throws Exception {
    assertThat(said(KAFKA + "    timeout: 5s\n    timeout: 6s\n"))
        .containsExactly(
            "error: tailrace.yaml:7:5: pipelines[0].timeout: duplicate key, set before at tailrace.yaml:6:5;"
                + " allowed: each key once");
  }

  @Test
  void aDuplicatePipelineIsRefusedWithThePlaceOfTheFirst() throws Exception {
    assertThat(
            said(
                KAFKA
                    + """
                      - name: orders
                        source: {redis: {streams: [orders], group: orders, start: latest}}
                        handler: {log: {}}
                    """))
        .containsExactly(
            "error: tailrace.yaml:6:11: pipelines.orders.name: 'orders' is already the name of the"
                + " one at tailrace.yaml:3:11; allowed: each name once");
  }

  @Test
  void aPatternThatIsNoRegularExpressionIsRefused() throws Exception {
    assertThat(said(KAFKA.replace("topics: [orders]", "pattern: \"orders(\"")))
        .containsExactly(
            "error: tailrace.yaml:4:31: pipelines.orders.source.kafka.pattern: 'orders(' is no"
                + " regular expression: Unclosed group; allowed: a Java regular expression");
  }

  @Test
  void aClassThatIsNowhereIsRefusedWithThePlacesLookedIn() throws Exception {
    plugin("other.jar", "Other", "public class Other {}");

    assertThat(said(JAVA))
        .containsExactly(
            "error: tailrace.yaml:5:29: pipelines.orders.handler.java.class: class"
                + " 'com.acme.Orders' is not found; looked in plugins (plug-ins other.jar) and in"
                + " Tailrace itself"
                + SHAPES);
  }

  @Test
  void withoutAPluginFolderTheMessageSaysThatItIsNotThere() throws Exception {
    assertThat(said(JAVA))
        .containsExactly(
            "error: tailrace.yaml:5:29: pipelines.orders.handler.java.class: class"
                + " 'com.acme.Orders' is not found; looked in plugins (which is not there) (no"
                + " plug-ins) and in Tailrace itself"
                + SHAPES);
  }

  @Test
  void aPluginsClassThatIsNoHandlerIsRefused() throws Exception {
    plugin(
        "acme.jar", "Orders", "public class Orders implements Runnable { public void run() {} }");

    assertThat(said(JAVA))
        .containsExactly(
            "error: tailrace.yaml:5:29: pipelines.orders.handler.java.class: 'com.acme.Orders' is"
                + " no handler"
                + SHAPES);
  }

  @Test
  void aPluginThatThrowsInItsConstructorIsRefusedWithWhatItThrew() throws Exception {
    plugin(
        "acme.jar",
        "Orders",
        """
        public class Orders implements BlockingHandler {
          public Orders() { throw new IllegalStateException("no licence"); }
          public Outcome handle(Message message, MessageContext context) { return Outcome.done(); }
        }
        """);

    assertThat(said(JAVA))
        .containsExactly(
            "error: tailrace.yaml:5:29: pipelines.orders.handler.java.class: 'com.acme.Orders'"
                + " threw in its constructor: java.lang.IllegalStateException: no licence"
                + SHAPES);
  }

  @Test
  void autoCommitIsRefusedOnceAlsoWhereSeveralPipelinesUseTheBroker() throws Exception {
    String second =
        """
          - name: others
            source: {kafka: {topics: [others], group: others, start: earliest}}
            handler: {log: {}}
            dead-letter: {kafka: others.dlq}
        kafka: {enable.auto.commit: true}
        """;

    assertThat(said(KAFKA + second))
        .containsExactly(
            "error: tailrace.yaml:10:29: kafka.enable.auto.commit: is not the user's: positions are"
                + " committed as messages finish; allowed: false, or no value");
  }

  @Test
  void autoCommitIsRefusedWhereverItIsSaid() throws Exception {
    assertThat(said(KAFKA, Map.of("TAILRACE_KAFKA__ENABLE_AUTO_COMMIT", "true")))
        .containsExactly(
            "error: TAILRACE_KAFKA__ENABLE_AUTO_COMMIT: kafka.enable.auto.commit: is not the"
                + " user's: positions are committed as messages finish; allowed: false, or no"
                + " value");
    assertThat(said(KAFKA + "kafka: {enable.auto.commit: false}\n")).isEmpty();
  }

  @Test
  void aDeadLetterThatIsItsOwnSourceIsRefused() throws Exception {
    assertThat(said(KAFKA + "    dead-letter: {kafka: orders}\n"))
        .containsExactly(
            "error: tailrace.yaml:6:18: pipelines.orders.dead-letter: 'orders' is what this"
                + " pipeline reads; allowed: another topic");
    assertThat(
            said(
                """
                name: worker
                pipelines:
                  - name: payments
                    source: {redis: {streams: [payments], group: payments, start: earliest}}
                    order: unordered
                    handler: {log: {}}
                    dead-letter: {redis: payments}
                """))
        .containsExactly(
            "error: tailrace.yaml:7:18: pipelines.payments.dead-letter: 'payments' is what this"
                + " pipeline reads; allowed: another stream");
    assertThat(said(KAFKA + "    dead-letter: {redis: orders}\n")).isEmpty();
  }

  @Test
  void aDeadLetterThatThePatternMatchesIsRefused() throws Exception {
    String pattern = KAFKA.replace("topics: [orders]", "pattern: \"orders.*\"");

    assertThat(said(pattern + "    dead-letter: {kafka: orders.dlq}\n"))
        .containsExactly(
            "error: tailrace.yaml:6:18: pipelines.orders.dead-letter: 'orders.dlq' is what this"
                + " pipeline reads; allowed: another topic");
    assertThat(said(pattern + "    dead-letter: {kafka: dead.orders}\n")).isEmpty();
  }

  @Test
  void aTimeOutBeyondWhatTheDrainLeavesIsWarnedOf() throws Exception {
    assertThat(said(KAFKA + "    timeout: 24s\n"))
        .containsExactly(
            "warning: tailrace.yaml:6:14: pipelines.orders.timeout: '24s' is more than a drain"
                + " leaves for work; advised: at most 20s, which is drain.deadline less tail",
            "warning: tailrace.yaml:6:14: pipelines.orders.timeout: '24s' is more than"
                + " revoke-deadline: 8s leaves for work in a rebalance; advised: at most 6400ms, or"
                + " revoke-deadline: 30s");
  }

  @Test
  void twoPipelinesThatReadOneStreamForOneGroupAreRefused() throws Exception {
    String payments =
        """
        name: worker
        pipelines:
          - name: payments
            source: {redis: {streams: [fees, payments], group: workers, start: earliest}}
            order: unordered
            handler: {log: {}}
          - name: refunds
            source: {redis: {streams: [refunds, payments], group: workers, start: earliest}}
            order: unordered
            handler: {log: {}}
        """;

    assertThat(said(payments))
        .containsExactly(
            "error: tailrace.yaml:8:59: pipelines.refunds.source.redis.group: 'workers' reads"
                + " stream 'payments' for pipeline 'payments' already: each would get only a part of"
                + " the messages; allowed: a group of its own");
    assertThat(said(payments.replace("[refunds, payments]", "[refunds]"))).isEmpty();
    assertThat(
            said(
                payments.replace(
                    "refunds, payments], group: workers", "refunds, payments], group: other")))
        .isEmpty();
  }

  @Test
  void twoPipelinesThatReadOneTopicForOneGroupAreRefused() throws Exception {
    assertThat(said(KAFKA + second("topics: [others, orders], group: orders")))
        .containsExactly(
            "error: tailrace.yaml:7:55: pipelines.second.source.kafka.group: 'orders' reads topic"
                + " 'orders' for pipeline 'orders' already: each would get only a part of the"
                + " messages; allowed: a group of its own");
    assertThat(said(KAFKA + second("pattern: \"ord.*\", group: orders")))
        .singleElement()
        .asString()
        .startsWith("error: tailrace.yaml:7:47: ")
        .contains("topic 'orders' for pipeline 'orders' already");
    assertThat(said(KAFKA + second("topics: [orders], group: others"))).isEmpty();
  }

  @Test
  void twoPipelinesThatDisagreeAboutTheirGroupAreRefused() throws Exception {
    assertThat(said(KAFKA + second("topics: [others], group: orders, assignor: range")))
        .containsExactly(
            "error: tailrace.yaml:7:65: pipelines.second.source.kafka.assignor: 'range' is not that"
                + " of pipeline 'orders' in the same group; allowed: cooperative-sticky, or a group"
                + " of its own");
    assertThat(
            said(
                KAFKA.replace("group: orders", "group: orders, static-id: worker")
                    + second("topics: [others], group: orders, static-id: worker")))
        .containsExactly(
            "error: tailrace.yaml:7:66: pipelines.second.source.kafka.static-id: 'worker' is that"
                + " of pipeline 'orders' in the same group: each would end the other's membership;"
                + " allowed: an id of its own, or a group of its own");
  }

  @Test
  void twoPipelinesThatReadDifferentTopicsForOneGroupAreWarnedOf() throws Exception {
    assertThat(said(KAFKA + second("topics: [others], group: orders")))
        .containsExactly(
            "warning: tailrace.yaml:7:47: pipelines.second.source.kafka.group: 'orders' is the"
                + " group of pipeline 'orders', too: a rebalance of one holds up the other;"
                + " advised: a group of its own");
  }

  private static String second(String source) {
    return """
      - name: second
        source: {kafka: {%s, start: earliest}}
        handler: {log: {}}
    """
        .formatted(source);
  }

  @Test
  void everyMistakeIsToldAtOnce() throws Exception {
    assertThat(
            said(
                JAVA.replace("topics: [orders]", "pattern: \"[\"")
                    + "    dead-letter: {kafka: orders}\nkafka: {group.id: mine}\n"))
        .hasSize(3)
        .allMatch(line -> line.startsWith("error: tailrace.yaml:"));
  }

  private void plugin(String jar, String name, String body) throws IOException {
    PluginJar.write(folder.resolve("plugins").resolve(jar), folder, name, body);
  }

  private List<String> said(String text) throws IOException {
    return said(text, Map.of());
  }

  /** Errors, or else warnings; the temporary folder is left out. */
  private List<String> said(String text, Map<String, String> environment) throws IOException {
    Path file = Files.writeString(folder.resolve("tailrace.yaml"), text);
    List<ConfigError> findings = new ArrayList<>();
    try {
      EffectiveConfig config =
          new ConfigLoader(PoolSchema.schema())
              .load(
                  new ConfigInputs(
                      List.of(file), environment, List.of("plugins=" + folder.resolve("plugins"))));
      findings.addAll(config.warnings());
      findings.addAll(ConfiguredPool.read(config).warnings());
    } catch (ConfigException refused) {
      findings.addAll(refused.errors());
    }
    return findings.stream().map(one -> one.toString().replace(folder + "/", "")).toList();
  }
}
