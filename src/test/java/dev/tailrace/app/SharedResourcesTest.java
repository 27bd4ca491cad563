package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.ReloadPlan.Kind;
import dev.tailrace.app.ReloadPlan.Move;
import dev.tailrace.app.SharingHandlers.Connected;
import dev.tailrace.app.SharingHandlers.Scene;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.DrainPhase;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.ResourceUse;
import dev.tailrace.message.SharedResource;
import dev.tailrace.observe.Finish;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What handlers share opens before the first of them and closes after the last. */
final class SharedResourcesTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");
  private static final Future<Void> NEVER = Promise.<Void>promise().future();

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker orders = new ManualBroker(2);
  private final ManualBroker payments = new ManualBroker(1);
  private final RecordedEvents events = new RecordedEvents();
  private final Scene scene = new Scene();

  @TempDir private Path folder;

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void consumersAndPipelinesShareOneThatAConfiguredFactoryDeclaresAndItClosesWithTheLast()
      throws Exception {
    List<Pipeline> configured = configured(scene.config("pool"));
    Tailrace pool =
        started(as(configured.get(0), "orders", orders), as(configured.get(1), "pay", payments));
    assertThat(scene.calls())
        .containsExactlyInAnyOrder("open pool", "start orders", "start orders", "start pay");
    assertThat(scene.calls().get(0)).as("before any handler").isEqualTo("open pool");

    orders.produce(0, 1);
    orders.produce(1, 1);
    payments.produce(0, 1);
    await().until(() -> events.count("settled ") == 3);
    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(report.errors()).isEmpty();
    assertThat(Results.result(pool.counts()).values())
        .as("open as long as messages ran")
        .allMatch(counts -> counts.finished().getOrDefault(Finish.DISCARDED, 0L) == 0);
    assertThat(scene.calls().stream().filter(call -> call.startsWith("stopped"))).hasSize(3);
    assertThat(scene.calls()).endsWith("close pool").filteredOn("close pool"::equals).hasSize(1);
  }

  @Test
  void aReloadReleasesOnlyWhatNobodyElseUses() throws Exception {
    Pipeline ordering = pipeline("orders", orders, scene.config("own", "shared"));
    Pipeline paying = pipeline("pay", payments, scene.config("shared"));
    Tailrace pool = started(ordering, paying);

    Results.result(pool.reload(plan(new Move(Kind.RESTARTED, ordering, ordering))));
    assertThat(scene.calls())
        .filteredOn(call -> call.endsWith("own") || call.endsWith("shared"))
        .containsExactlyInAnyOrder("open own", "open shared", "close own", "open own");
    Results.result(pool.reload(plan(new Move(Kind.REMOVED, paying, null))));
    assertThat(scene.calls()).doesNotContain("close shared");
    Results.result(pool.reload(plan(new Move(Kind.REMOVED, ordering, null))));

    assertThat(scene.calls()).contains("close shared");
    assertThat(scene.connected).allMatch(one -> one.closed);
    Results.result(pool.close());
  }

  @Test
  void itIsOpenedWhereItOutlivesTheConsumerThatCameFirst() throws Exception {
    Pipeline ordering = pipeline("orders", orders, scene.config("shared"));
    Tailrace pool = started(ordering, pipeline("pay", payments, scene.config("shared")));

    Results.result(pool.reload(plan(new Move(Kind.REMOVED, ordering, null))));

    Connected shared = scene.connected.get(0);
    assertThat(shared.context).isNotNull();
    payments.produce(0, 1);
    await().until(() -> events.count("settled ") == 1);
    assertThat(shared.closed).isFalse();
    Results.result(pool.close());
    assertThat(shared.closed).isTrue();
  }

  @Test
  void oneThatHangsCostsItsBudgetAndItsNameAndWhatItDependsOnClosesNevertheless() throws Exception {
    scene.budget = Duration.ofMillis(50);
    scene.closing.put("cache", NEVER);
    scene.closing.put("files", Future.failedFuture(new IllegalStateException("disk gone")));
    Tailrace pool =
        started(pipeline("orders", orders, scene.config("pool", "cache->pool", "files->pool")));

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(scene.calls().subList(0, 3)).startsWith("open pool");
    assertThat(scene.calls()).endsWith("close pool");
    assertThat(report.errors())
        .hasSize(2)
        .anyMatch(line -> line.matches("orders/[01]: cache did not close in time"))
        .anyMatch(line -> line.contains(": files failed to close: ") && line.contains("disk gone"));
    assertThat(report.exitCode()).as("no message was harmed").isZero();
  }

  @Test
  void oneThatCannotBeOpenedFailsTheStartAndWhatWasOpenedCloses() throws Exception {
    scene.opening.put("cache", Future.failedFuture(new IllegalStateException("no route to host")));
    Tailrace pool = pool(pipeline("orders", orders, scene.config("pool", "cache->pool")));

    Future<Tailrace> starting = pool.start();
    await().until(starting::isComplete);

    assertThat(starting.cause())
        .hasMessageContaining("resource cache could not be opened: no route to host");
    assertThat(orders.calls()).as("nothing is consumed").doesNotContain("orders/0 open");
    assertThat(scene.calls()).doesNotContain("start orders");
    assertThat(scene.connected)
        .filteredOn(one -> one.name.equals("pool"))
        .isNotEmpty()
        .allMatch(one -> one.closed);
  }

  @Test
  void oneThatDoesNotOpenIsNamedAtTheStartUpDeadlineAndClosesWhenItOpensAfterAll()
      throws Exception {
    Promise<Void> late = Promise.promise();
    scene.budget = Duration.ofMillis(50);
    scene.opening.put("pool", late.future());
    Tailrace pool =
        Tailrace.builder(vertx)
            .add(pipeline("orders", orders, scene.config("pool")))
            .startupDeadline(Duration.ofSeconds(2))
            .build();

    Future<Tailrace> starting = pool.start();
    await().until(starting::isComplete);

    assertThat(starting.cause()).hasMessageContaining("resource pool: not open yet");
    assertThat(Results.result(pool.drained()).errors())
        .anyMatch(line -> line.endsWith(": pool did not open in time"));
    late.complete();
    await().until(() -> scene.connected.get(0).closed);
  }

  @Test
  void hooksOfAHandlerRunInTheirPhasesOfEachDrainAndWhatHangsIsNamed() throws Exception {
    for (DrainPhase phase : DrainPhase.values()) {
      scene.hooks.put(phase, Future.succeededFuture());
    }
    scene.hooks.put(DrainPhase.SETTLE, NEVER);
    Pipeline paying = pipeline("pay", payments, scene.config());
    Tailrace pool = started(paying);

    Results.result(pool.reload(plan(new Move(Kind.RESTARTED, paying, paying))));
    assertThat(hookCalls()).as("by its own drain").isEqualTo(everyHook());
    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(hookCalls().subList(everyHook().size(), hookCalls().size()))
        .as("by that of the pool")
        .isEqualTo(everyHook());
    assertThat(report.errors()).containsExactly("settle: pay/0: flush cache did not end in time");
    assertThat(report.exitCode()).isZero();
  }

  @Test
  void everyPhaseOfAHandlerIsOneOfTheDrain() {
    assertThat(Stream.of(DrainPhase.values()).map(Enum::name))
        .as("the last is the process's own")
        .containsExactlyElementsOf(
            Stream.of(Phase.values())
                .map(Enum::name)
                .filter(it -> !it.equals("CLOSE_RUNTIME"))
                .toList());
  }

  @Test
  void aConsumerAloneSharesWithNobodyAndClosesWhatItOpened() throws Exception {
    String id =
        Results.result(
            vertx.deployVerticle(
                new ConsumerVerticle(pipeline("pay", payments, scene.config("pool")))));
    payments.produce(0, 1);
    await().until(() -> events.count("settled ") == 1);
    Results.result(vertx.undeploy(id));

    assertThat(scene.calls())
        .containsExactly("open pool", "start pay", "stop pay", "stopped pay", "close pool");
  }

  @Test
  void whatIsDeclaredTwiceOrTooLateOrDependsOnWhatIsNotThereIsRefused() throws Exception {
    List<String> refused = new CopyOnWriteArrayList<>();
    List<HandlerEnvironment> kept = new CopyOnWriteArrayList<>();
    HandlerFactory factory =
        environment -> {
          kept.add(environment);
          SharedResource<String> one = shared("one");
          environment.resource(one);
          assertThatThrownBy(() -> environment.resource(one))
              .satisfies(error -> refused.add(error.getMessage()));
          assertThatThrownBy(() -> environment.resource(shared("two").after("three")))
              .satisfies(error -> refused.add(error.getMessage()));
          return done();
        };
    started(Pipeline.named("pay").source(payments).handler(factory, new JsonObject()).build());

    assertThatThrownBy(() -> kept.get(0).resource(shared("late")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("while it is made or started");
    assertThat(refused)
        .containsExactly(
            "resource one is declared twice",
            "resource two depends on three, which is not declared before it");
  }

  @Test
  void whatAHandlerDeclaresWhileItStartsIsThereForItsFirstMessage() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    MessageHandler late =
        new MessageHandler() {
          private ResourceUse<String> use = none();

          @Override
          public Future<?> start(HandlerEnvironment environment) {
            use = environment.resource(shared("files"));
            return use.opened().onSuccess(opened -> seen.add("start " + opened));
          }

          @Override
          public Future<Outcome> handle(Message message, MessageContext context) {
            seen.add("handle " + use.get());
            return Future.succeededFuture(Outcome.done());
          }
        };
    started(Pipeline.named("pay").source(payments).handler(() -> late).events(events).build());

    payments.produce(0, 1);
    await().until(() -> events.count("settled ") == 1);

    assertThat(seen).containsExactly("start files", "handle files");
  }

  @Test
  void whoeverSharesMustNameTheSameNeeds() throws Exception {
    Pipeline ordering = pipeline("orders", orders, scene.config("pool", "cache->pool"));
    Pipeline paying = pipeline("pay", payments, scene.config("cache"));

    Future<Tailrace> starting = pool(ordering, paying).start();
    await().until(starting::isComplete);

    assertThat(starting.cause()).hasMessageContaining("resource cache depends on ");
    assertThat(scene.connected).allMatch(one -> one.closed);
  }

  @Test
  void aBudgetOrANameThatMeansNothingIsRefused() {
    assertThatThrownBy(() -> shared("pool").within(Duration.ZERO))
        .hasMessageContaining("must be more than zero");
    assertThatThrownBy(() -> shared(" ")).hasMessageContaining("1 to 200 characters");
    assertThat(shared("pool").after("files", "cache").dependsOn())
        .isEqualTo(Set.of("cache", "files"));
  }

  private static ResourceUse<String> none() {
    return new ResourceUse<>() {
      @Override
      public String get() {
        throw new IllegalStateException("not declared");
      }

      @Override
      public Future<String> opened() {
        return Future.failedFuture("not declared");
      }
    };
  }

  private static SharedResource<String> shared(String name) {
    return SharedResource.of(
        name, String.class, () -> Future.succeededFuture(name), closed -> Future.succeededFuture());
  }

  private static HandlerShape done() {
    return (MessageHandler) (message, context) -> Future.succeededFuture(Outcome.done());
  }

  private List<String> hookCalls() {
    return scene.calls().stream().filter(call -> call.startsWith("hook ")).toList();
  }

  private static List<String> everyHook() {
    return List.of(DrainPhase.values()).stream().map(phase -> "hook " + phase).toList();
  }

  private static ReloadPlan plan(Move... moves) {
    return new ReloadPlan(List.of(), List.of(moves), DrainConfig.DEFAULT, "new");
  }

  private Pipeline pipeline(String name, ManualBroker broker, JsonObject config) {
    return Pipeline.named(name)
        .source(broker)
        .handler(new SharingHandlers(), config)
        .events(events)
        .build();
  }

  /** As the configuration has it, at a broker in memory. */
  private Pipeline as(Pipeline configured, String name, ManualBroker broker) {
    return Pipeline.named(name)
        .source(broker)
        .handler(configured.handler(), configured.handlerConfig())
        .events(events)
        .build();
  }

  private List<Pipeline> configured(JsonObject config) throws Exception {
    Path file = folder.resolve("tailrace.yaml");
    String handler =
        "{java: {class: %s, config: %s}}".formatted(SharingHandlers.class.getName(), config);
    Files.writeString(
        file,
        """
        name: worker
        pipelines:
          - name: orders
            source: {kafka: {topics: [orders], group: orders, start: earliest}}
            handler: %1$s
          - name: pay
            source: {kafka: {topics: [pay], group: pay, start: earliest}}
            handler: %1$s
        """
            .formatted(handler));
    return ConfiguredPool.read(
            new ConfigLoader(PoolSchema.schema())
                .load(new ConfigInputs(List.of(file), Map.of(), List.of())))
        .pipelines();
  }

  private Tailrace pool(Pipeline... pipelines) {
    PoolBuilder builder = Tailrace.builder(vertx).startupDeadline(Duration.ofSeconds(10));
    List.of(pipelines).forEach(builder::add);
    return builder.build();
  }

  private Tailrace started(Pipeline... pipelines) throws Exception {
    return Results.result(pool(pipelines).start());
  }
}
