package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plug-in's code is called with its own class loader as the thread's. */
final class PluginScopeTest {
  /** Everything the plug-in does says whether its loader was the thread's. */
  private static final String HANDLER =
      """
      public class Orders implements %1$s {
        static final ClassLoader OWN = Orders.class.getClassLoader();
        static final StringBuilder SEEN = new StringBuilder(look("loaded"));
        public Orders() { SEEN.append(look("made")); }
        static String look(String when) {
          return Thread.currentThread().getContextClassLoader() == OWN ? when + " " : "";
        }
        public Future<?> start(HandlerEnvironment environment) {
          SEEN.append(look("started"));
          return Future.succeededFuture();
        }
        public %2$s handle(Message message, MessageContext context) {
          SEEN.append(look("called"));
          return %3$s;
        }
        public Future<?> stop() {
          System.setProperty("dev.tailrace.seen", SEEN + look("stopped"));
          return Future.succeededFuture();
        }
      }
      """;

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(1);
  @TempDir private Path folder;

  @AfterEach
  void close() throws Exception {
    Results.result(vertx.close());
    System.clearProperty("dev.tailrace.seen");
  }

  @ParameterizedTest
  @CsvSource({
    "MessageHandler, Future<Outcome>, Future.succeededFuture(Outcome.done())",
    "BlockingHandler, Outcome, Outcome.done()"
  })
  void eachOfItsCallsSeesIt(String shape, String result, String outcome) throws Exception {
    plugin("Orders", HANDLER.formatted(shape, result, outcome));

    run(handler());

    assertThat(System.getProperty("dev.tailrace.seen"))
        .isEqualTo("loaded made started called stopped ");
  }

  @Test
  void whatAFactoryMakesSeesItToo() throws Exception {
    plugin(
        "Orders",
        """
        public class Orders implements HandlerFactory {
          public HandlerShape create(HandlerEnvironment environment) {
            ClassLoader making = Thread.currentThread().getContextClassLoader();
            return (MessageHandler) (message, context) -> {
              ClassLoader handling = Thread.currentThread().getContextClassLoader();
              ClassLoader own = Orders.class.getClassLoader();
              System.setProperty("dev.tailrace.seen", (making == own) + " " + (handling == own));
              return Future.succeededFuture(Outcome.done());
            };
          }
        }
        """);

    run(handler());

    assertThat(System.getProperty("dev.tailrace.seen")).isEqualTo("true true");
  }

  @Test
  void whatAFactoryDeclaresSeesItToo() throws Exception {
    plugin(
        "Orders",
        """
        public class Orders implements HandlerFactory {
          private static final StringBuffer SEEN = new StringBuffer();
          static <T> Future<T> look(String when, T value) {
            boolean own =
                Thread.currentThread().getContextClassLoader() == Orders.class.getClassLoader();
            System.setProperty("dev.tailrace.seen", SEEN.append(own ? when + " " : "").toString());
            return Future.succeededFuture(value);
          }
          public HandlerShape create(HandlerEnvironment environment) {
            environment.resource(
                SharedResource.of("r", String.class, () -> look("open", "r"), r -> look("close", r)));
            environment.onStop(
                DrainPhase.SETTLE, "hook", java.time.Duration.ofSeconds(9), () -> look("hook", ""));
            return (MessageHandler) (message, context) -> Future.succeededFuture(Outcome.done());
          }
        }
        """);

    run(handler());

    assertThat(System.getProperty("dev.tailrace.seen")).isEqualTo("open hook close ");
  }

  private void plugin(String name, String body) throws Exception {
    PluginJar.write(folder.resolve("plugins/orders.jar"), folder, name, body);
  }

  /** The handler as the configuration gives it. */
  private HandlerFactory handler() throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Path file = folder.resolve("tailrace.yaml");
    Files.writeString(
        file,
        """
        name: worker
        plugins: ["%s"]
        pipelines:
          - name: orders
            source: {kafka: {topics: [orders], group: orders, start: earliest}}
            handler: {java: {class: com.acme.Orders}}
        """
            .formatted(folder.resolve("plugins")));
    ConfiguredPool pool =
        ConfiguredPool.read(
            new ConfigLoader(PoolSchema.schema())
                .load(new ConfigInputs(List.of(file), Map.of(), List.of())));
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    return pool.pipelines().get(0).handler();
  }

  /** One message through a consumer. */
  private void run(HandlerFactory handler) throws Exception {
    RecordedEvents events = new RecordedEvents();
    Pipeline pipeline =
        Pipeline.named("orders")
            .source(broker)
            .handler(handler, new JsonObject())
            .events(events)
            .build();
    String id = Results.result(vertx.deployVerticle(new ConsumerVerticle(pipeline)));
    broker.produce(0, 1);
    await().until(() -> events.count("settled ") == 1);
    Results.result(vertx.undeploy(id));
  }
}
