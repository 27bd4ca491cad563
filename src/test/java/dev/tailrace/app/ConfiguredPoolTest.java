package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.dispatch.Order;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.LogHandler;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A configuration becomes pipelines, or is refused with everything that is wrong with it. */
final class ConfiguredPoolTest {
  private static final String ASYNCHRONOUS =
      """
      public class %s implements MessageHandler {
        public Future<Outcome> handle(Message message, MessageContext context) {
          return Future.succeededFuture(Outcome.done());
        }
      }
      """;
  private static final String BLOCKING =
      """
      public class %s implements BlockingHandler {
        public Outcome handle(Message message, MessageContext context) {
          return Outcome.done();
        }
      }
      """;

  private static final ConfigLoader LOADER = new ConfigLoader(PoolSchema.schema());
  private static final Vertx VERTX = Vertx.vertx();
  private static final Loop LOOP = Simulation.seeded(1).loop("handlers");

  @TempDir private Path folder;

  @AfterAll
  static void closeVertx() throws Exception {
    Results.result(VERTX.close());
  }

  @Test
  void everyKeyOfAPipelineReachesIt() throws Exception {
    Pipeline pipeline =
        only(
            """
            handler: {log: {}}
            order: partition
            concurrency: 64
            buffer: {messages: 1000, bytes: 1MiB}
            timeout: 3s
            on-stuck: exit
            idempotency: {store: memory, key: "header:id", lease: 6s, retention: 1h}
            retry: {attempts: 3, backoff: 10ms, max-backoff: 20ms, jitter: none, parked: 7}
            dead-letter: {kafka: orders.dlq}
            """);

    assertThat(pipeline.name()).isEqualTo("orders");
    assertThat(pipeline.order()).isEqualTo(Order.PARTITION);
    assertThat(pipeline.limits()).isEqualTo(new PipelineLimits(64, 1000, 1 << 20, 7));
    assertThat(pipeline.timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(pipeline.exitOnStuck()).isTrue();
    assertThat(pipeline.retry().attempts()).isEqualTo(3);
    assertThat(pipeline.retry().jitter()).isFalse();
    assertThat(pipeline.idempotency())
        .isNotNull()
        .satisfies(how -> assertThat(how.lease()).isEqualTo(Duration.ofSeconds(6)));
    assertThat(pipeline.deadLetter())
        .isNotNull()
        .satisfies(to -> assertThat(to.destination()).isEqualTo("orders.dlq"));
    assertThat(made(pipeline)).isInstanceOf(LogHandler.class);
  }

  @Test
  void theBoundsOfTheProcessAreDividedInProportion() throws Exception {
    String text =
        """
        name: worker
        pool: {concurrency: 100, buffer: {messages: 10}}
        pipelines:
          - {name: big, source: {kafka: {%1$s, group: a}}, handler: {log: {}}, concurrency: 300}
          - {name: small, source: {kafka: {%1$s, group: b}}, handler: {log: {}}, concurrency: 100}
          - {name: tiny, source: {kafka: {%1$s, group: c}}, handler: {log: {}}, concurrency: 1}
        """
            .formatted("topics: [orders], start: earliest");

    assertThat(pipelines(text))
        .extracting(pipeline -> pipeline.limits().concurrency())
        .containsExactly(74, 24, 1);
  }

  @Test
  void everyConsumerHasAShareAndTheSharesAddUp() {
    PipelineLimits limits = new PipelineLimits(10, 3, 7, 2);

    List<PipelineLimits> shares =
        List.of(limits.share(0, 4), limits.share(1, 4), limits.share(2, 4), limits.share(3, 4));

    assertThat(shares).extracting(PipelineLimits::concurrency).containsExactly(3, 3, 2, 2);
    assertThat(shares).extracting(PipelineLimits::parked).containsExactly(1, 1, 1, 1);
    assertThat(shares).extracting(PipelineLimits::bufferBytes).containsExactly(2L, 2L, 2L, 1L);
  }

  @Test
  void aHandlerComesOutOfALoneJarWithItsConfiguration() throws Exception {
    plugin("acme.jar", "Orders", ASYNCHRONOUS);

    Pipeline pipeline =
        only("handler: {java: {class: com.acme.Orders, config: {url: x, tries: 3}}}");

    assertThat(made(pipeline)).isInstanceOf(MessageHandler.class);
    assertThat(made(pipeline)).asString().contains("com.acme.", "PluginClassLoader");
    assertThat(pipeline.handlerConfig().encode()).isEqualTo("{\"url\":\"x\",\"tries\":3}");
  }

  @Test
  void everyConsumerHasAHandlerOfItsOwnAndOnlyTheCheckedOneIsUsedTwice() throws Exception {
    plugin("acme.jar", "Orders", ASYNCHRONOUS);
    Pipeline pipeline = only("handler: {java: {class: com.acme.Orders}}");

    assertThat(made(pipeline)).isNotSameAs(made(pipeline));
  }

  @Test
  void aHandlerFactoryIsGivenItsEnvironment() throws Exception {
    plugin(
        "acme.jar",
        "Factory",
        """
        public class %s implements HandlerFactory {
          public HandlerShape create(HandlerEnvironment environment) {
            String wanted = environment.config().getString("answer");
            return (BlockingHandler) (message, context) -> Outcome.discard(wanted);
          }
        }
        """);

    Pipeline pipeline =
        only("handler: {java: {class: com.acme.Factory, config: {answer: \"42\"}}}");

    assertThat(made(pipeline)).isInstanceOf(BlockingHandler.class);
  }

  @Test
  void aPluginsOwnClassesWinOverThoseOfTheApplicationSaveTheSharedOnes() throws Exception {
    plugin("one/acme.jar", "Orders", ASYNCHRONOUS);
    plugin("two.jar", "Payments", ASYNCHRONOUS);
    Plugins plugins = Plugins.in(List.of(plugins()), getClass().getClassLoader());

    Class<?> orders = plugins.find("com.acme.Orders");

    assertThat(orders.getClassLoader().getName()).isEqualTo("one");
    assertThat(plugins.find("com.acme.Payments").getClassLoader())
        .isNotSameAs(orders.getClassLoader());
    assertThat(orders.getClassLoader().loadClass(MessageHandler.class.getName()))
        .isSameAs(MessageHandler.class);
  }

  @Test
  void aClassThatIsNotFoundIsRefusedWithThePlacesLookedIn() throws Exception {
    plugin("acme.jar", "Orders", ASYNCHRONOUS);

    assertThat(mistakes("handler: {java: {class: com.acme.Order}}"))
        .singleElement()
        .satisfies(
            error ->
                assertThat(error)
                    .contains("pipelines.orders.handler.java.class")
                    .contains("'com.acme.Order' is not found")
                    .contains(plugins().toString())
                    .contains("acme.jar"));
  }

  @Test
  void aClassInTwoPluginsIsRefusedWithBothNames() throws Exception {
    plugin("one.jar", "Orders", ASYNCHRONOUS);
    plugin("two.jar", "Orders", ASYNCHRONOUS);

    assertThat(mistakes("handler: {java: {class: com.acme.Orders}}"))
        .singleElement()
        .satisfies(error -> assertThat(error).contains("one.jar").contains("two.jar"));
  }

  @Test
  void aClassThatIsNoHandlerIsRefused() throws Exception {
    plugin("acme.jar", "Orders", "public class %s {}");

    assertThat(mistakes("handler: {java: {class: com.acme.Orders}}"))
        .singleElement()
        .satisfies(error -> assertThat(error).contains("is no handler").contains("MessageHandler"));
  }

  @Test
  void aClassThatThrowsInItsConstructorIsRefusedWithWhatItThrew() throws Exception {
    plugin(
        "acme.jar",
        "Orders",
        """
        public class %s implements BlockingHandler {
          public Orders() { throw new IllegalStateException("no licence"); }
          public Outcome handle(Message message, MessageContext context) { return Outcome.done(); }
        }
        """);

    assertThat(mistakes("handler: {java: {class: com.acme.Orders}}"))
        .singleElement()
        .satisfies(
            error -> assertThat(error).contains("threw in its constructor").contains("no licence"));
  }

  @Test
  void threadingThatDoesNotFitTheHandlerIsRefused() throws Exception {
    plugin("acme.jar", "Orders", BLOCKING);

    assertThat(mistakes("handler: {java: {class: com.acme.Orders}}\nthreading: event-loop"))
        .singleElement()
        .satisfies(
            error ->
                assertThat(error)
                    .contains("'event-loop' does not fit Orders")
                    .contains("allowed: auto or worker"));
    assertThat(mistakes("handler: {java: {class: com.acme.Orders}}\nthreading: worker")).isEmpty();
  }

  @Test
  void aHandlerOfBatchesRunsOnItsEventLoopAndItsBatchesAreAsWritten() throws Exception {
    plugin(
        "acme.jar",
        "Orders",
        """
        public class %s implements BatchHandler {
          public Future<java.util.List<Outcome>> handle(java.util.List<MessageContext> batch) {
            return Future.succeededFuture();
          }
        }
        """);
    String orders = "handler: {java: {class: com.acme.Orders}}\n";

    assertThat(mistakes(orders + "threading: worker"))
        .singleElement()
        .satisfies(error -> assertThat(error).contains("which is a BatchHandler"));
    Pipeline pipeline = only(orders + "batch: {messages: 500, bytes: 2MiB, max-wait: 0s}");
    assertThat(pipeline.batches()).isEqualTo(new BatchLimits(500, 2 << 20, Duration.ZERO));
    assertThat(only(orders).batches()).isEqualTo(BatchLimits.DEFAULT);
    assertThat(warnings(orders + "concurrency: 64\nbatch: {messages: 100}"))
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("advised: at most 64"));
  }

  @Test
  void aDeadLetterThatIsItsOwnSourceIsRefused() throws Exception {
    assertThat(mistakes("handler: {log: {}}\ndead-letter: {kafka: orders}"))
        .singleElement()
        .satisfies(
            error ->
                assertThat(error)
                    .contains("pipelines.orders.dead-letter")
                    .contains("'orders' is what this pipeline reads"));
  }

  @Test
  void allMistakesAreToldAtOnce() throws Exception {
    assertThat(
            mistakes(
                """
                handler: {java: {class: com.acme.Missing}}
                dead-letter: {kafka: orders}
                """))
        .hasSize(2);
  }

  @Test
  void aCallLongerThanARebalanceIsWarnedOfWhereSomebodyWroteIt() throws Exception {
    assertThat(warnings("handler: {log: {}}")).isEmpty();
    assertThat(warnings("handler: {log: {}}\ntimeout: 7s"))
        .singleElement()
        .satisfies(
            warning -> assertThat(warning).startsWith("warning: ").contains("at most 6400ms"));
    assertThat(warnings("handler: {log: {}}\ntimeout: 6s")).isEmpty();
  }

  @Test
  void anOverflowIntoDeadLettersIsWarnedOfWhereThereIsNoDestination() throws Exception {
    String overflowing = "handler: {log: {}}\nretry: {overflow: dead-letter}";
    assertThat(warnings(overflowing))
        .singleElement()
        .asString()
        .contains("pipelines.orders.retry.overflow: 'dead-letter' has no destination");
    assertThat(warnings(overflowing + "\ndead-letter: {kafka: orders.dlq}")).isEmpty();
  }

  @Test
  void aStreamIsReadWithAdviceOnItsOrderAndItsClaims() throws Exception {
    String text =
        """
        name: worker
        pipelines:
          - name: payments
            source: {redis: {streams: [payments], group: payments, start: earliest, claim-idle: 5s}}
            handler: {log: {}}
            idempotency: {store: redis, key: record-key}
            dead-letter: {redis: "payments:dlq"}
        """;

    assertThat(pipelines(text))
        .singleElement()
        .satisfies(
            pipeline -> {
              assertThat(pipeline.source().reads("payments")).isTrue();
              assertThat(pipeline.idempotency()).isNotNull();
              assertThat(pipeline.deadLetter()).isNotNull();
            });
    assertThat(read(text).warnings())
        .extracting(ConfigError::path)
        .containsExactly("pipelines.payments.source.redis.claim-idle", "pipelines.payments.order");
  }

  private void plugin(String jar, String name, String body) throws IOException {
    PluginJar.write(plugins().resolve(jar), folder, name, body.formatted(name));
  }

  private Path plugins() {
    return folder.resolve("plugins");
  }

  private Pipeline only(String pipeline) throws Exception {
    List<Pipeline> all = pipelines(config(pipeline));
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private List<Pipeline> pipelines(String text) throws Exception {
    return read(text).pipelines();
  }

  private List<String> mistakes(String pipeline) throws Exception {
    try {
      read(config(pipeline));
      return List.of();
    } catch (ConfigException refused) {
      return refused.errors().stream().map(ConfigError::toString).toList();
    }
  }

  private List<String> warnings(String pipeline) throws Exception {
    return read(config(pipeline)).warnings().stream().map(ConfigError::toString).toList();
  }

  private String config(String pipeline) {
    return """
        name: worker
        plugins: ["%s"]
        pipelines:
          - name: orders
            source: {kafka: {topics: [orders, other], group: orders, start: earliest}}
        """
            .formatted(plugins())
        + pipeline.indent(4);
  }

  private ConfiguredPool read(String text) throws IOException, ConfigException {
    Path file = Files.writeString(folder.resolve("tailrace.yaml"), text);
    ConfigInputs inputs = new ConfigInputs(List.of(file), Map.of(), List.of());
    return ConfiguredPool.read(LOADER.load(inputs));
  }

  private static HandlerShape made(Pipeline pipeline) {
    return pipeline
        .handler()
        .create(
            new HandlerSetting(
                VERTX,
                pipeline.name(),
                new JsonObject(Map.of("answer", "x")),
                new HandlerResources(pipeline.name(), LOOP, SharedResources.on(LOOP))));
  }
}
