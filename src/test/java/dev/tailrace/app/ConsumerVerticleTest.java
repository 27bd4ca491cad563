package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.message.HandlerEnvironment;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.source.ManualBroker;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A consumer as a verticle in somebody else's Vert.x application. */
final class ConsumerVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(1);
  private final HeldHandler handler = new HeldHandler();
  private final RecordedEvents events = new RecordedEvents();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void undeployingItIsAWholeDrain() throws Exception {
    ConsumerVerticle consumer = new ConsumerVerticle(pipeline().build());
    String id = Results.result(vertx.deployVerticle(consumer));
    broker.produce(0, 4);
    await().until(() -> handler.started() == 4);

    Future<Void> undeploying = vertx.undeploy(id);
    await().until(() -> events.count("drain_begin undeploy") == 1);
    assertThat(undeploying.isComplete()).isFalse();
    handler.release();
    Results.result(undeploying);

    assertThat(broker.source(0).committed()).isEqualTo(4);
    assertThat(broker.calls())
        .containsExactly(
            "orders/0 open",
            "orders/0 closeIntake",
            "orders/0 flush",
            "orders/0 giveBack",
            "orders/0 close");
    DrainReport report = consumer.report().orElseThrow();
    assertThat(report.result()).isEqualTo(DrainReport.Result.CLEAN);
    assertThat(report.trigger().kind()).isEqualTo(Trigger.Kind.UNDEPLOY);
    assertThat(events.told()).endsWith("drain_end clean");
  }

  @Test
  void theLimitsOfThePipelineAreToldBeforeAnythingIsRead() throws Exception {
    RecordedEvents events = new RecordedEvents();
    Results.result(vertx.deployVerticle(new ConsumerVerticle(pipeline().events(events).build())));

    assertThat(events.told())
        .first()
        .asString()
        .matches(
            "configured orders order=key consumers=1 concurrency=[0-9]+ buffer=[0-9]+ poll=[0-9]+"
                + " window=[0-9]+ idle=[0-9]+ parked=[0-9]+ attempts=5 store=none lease=0 retention=0"
                + " grade=A dlq=none");
  }

  @Test
  void closingVertxDrainsItToo() throws Exception {
    Vertx foreign = Vertx.vertx();
    Results.result(foreign.deployVerticle(new ConsumerVerticle(pipeline().build())));
    broker.produce(0, 3);
    await().until(() -> handler.started() == 3);

    Future<Void> closing = foreign.close();
    await().until(() -> broker.calls().contains("orders/0 closeIntake"));
    handler.release();
    Results.result(closing);

    assertThat(broker.source(0).committed()).isEqualTo(3);
    assertThat(broker.calls()).endsWith("orders/0 close");
  }

  @Test
  void undeployingNeverFailsAndKeepsToItsDeadline() throws Exception {
    ConsumerVerticle consumer =
        new ConsumerVerticle(pipeline().build(), DrainConfig.within(Duration.ofMillis(600)));
    String id = Results.result(vertx.deployVerticle(consumer));
    broker.produce(0, 2);
    await().until(() -> handler.started() == 2);
    broker.answer("flush", Future.failedFuture("broker gone"));

    Results.result(vertx.undeploy(id));

    DrainReport report = consumer.report().orElseThrow();
    assertThat(report.exitCode()).isEqualTo(4);
    assertThat(report.messages().abandoned()).isEqualTo(2);
    assertThat(report.errors()).anyMatch(error -> error.contains("broker gone"));
    assertThat(broker.calls()).endsWith("orders/0 close");
  }

  @Test
  void anUnfitBrokerFailsTheDeployment() {
    broker.answer("open", Future.failedFuture(new UnfitException("no topic orders")));

    Future<String> deploying = vertx.deployVerticle(new ConsumerVerticle(pipeline().build()));
    await().until(deploying::isComplete);

    assertThat(deploying.cause()).isInstanceOf(UnfitException.class).hasMessage("no topic orders");
    assertThat(broker.calls()).containsExactly("orders/0 open", "orders/0 close");
  }

  @Test
  void aHandlerThatCannotStartFailsTheDeploymentBeforeAnythingIsRead() {
    MessageHandler broken =
        new MessageHandler() {
          @Override
          public Future<?> start(HandlerEnvironment environment) {
            return Future.failedFuture("no database for " + environment.pipeline());
          }

          @Override
          public Future<Outcome> handle(Message message, MessageContext context) {
            return Future.succeededFuture(Outcome.done());
          }
        };

    Future<String> deploying =
        vertx.deployVerticle(new ConsumerVerticle(pipeline().handle(broken).build()));
    await().until(deploying::isComplete);

    assertThat(deploying.cause()).hasMessage("no database for orders");
    assertThat(broker.calls()).isEmpty();
  }

  @Test
  void whatFailsOnTheWayBackFromAFailedStartIsKeptBesideItsCause() {
    broker.answer("open", Future.failedFuture(new UnfitException("no topic orders")));
    MessageHandler broken =
        new MessageHandler() {
          @Override
          public Future<Outcome> handle(Message message, MessageContext context) {
            return Future.succeededFuture(Outcome.done());
          }

          @Override
          public Future<?> stop() {
            return Future.failedFuture(new IllegalStateException("still busy"));
          }
        };

    Future<String> deploying =
        vertx.deployVerticle(new ConsumerVerticle(pipeline().handle(broken).build()));
    await().until(deploying::isComplete);

    assertThat(deploying.cause()).isInstanceOf(UnfitException.class).hasMessage("no topic orders");
    assertThat(deploying.cause().getSuppressed())
        .extracting(Throwable::getMessage)
        .containsExactly("still busy");
  }

  @Test
  void aHandlerIsStoppedAfterItsLastMessageAndBeforeTheEnd() throws Exception {
    List<String> life = new CopyOnWriteArrayList<>();
    MessageHandler living =
        new MessageHandler() {
          @Override
          public Future<?> start(HandlerEnvironment environment) {
            life.add("start");
            return Future.succeededFuture();
          }

          @Override
          public Future<Outcome> handle(Message message, MessageContext context) {
            life.add("handle");
            return Future.succeededFuture(Outcome.done());
          }

          @Override
          public Future<?> stop() {
            life.add("stop");
            return Future.succeededFuture();
          }
        };
    String id =
        Results.result(
            vertx.deployVerticle(new ConsumerVerticle(pipeline().handle(living).build())));
    broker.produce(0, 1);
    await().until(() -> life.contains("handle"));

    Results.result(vertx.undeploy(id));

    assertThat(life).containsExactly("start", "handle", "stop");
  }

  @Test
  void aConsumerOfAPoolThatIsUndeployedAloneDrainsAndThePoolGoesOn() throws Exception {
    ManualBroker two = new ManualBroker(2);
    List<String> deployments = new CopyOnWriteArrayList<>();
    MessageHandler handling =
        (message, context) -> {
          deployments.add(Vertx.currentContext().deploymentID());
          return Future.succeededFuture(Outcome.done());
        };
    Pipeline pipeline = Pipeline.named("orders").source(two).handle(handling).build();
    Tailrace pool =
        Results.result(Tailrace.builder(vertx).add(pipeline).events(events).build().start());
    two.produce(0, 1);
    await().until(() -> deployments.size() == 1);

    Results.result(vertx.undeploy(deployments.get(0)));
    assertThat(two.calls()).contains("orders/0 close").doesNotContain("orders/1 close");
    assertThat(events.count("drain_begin")).isZero();
    two.produce(1, 1);
    await().until(() -> deployments.size() == 2);

    DrainReport report = Results.result(pool.drain(new Trigger(Trigger.Kind.HTTP, "test")));
    assertThat(report.exitCode()).isZero();
    assertThat(report.positions()).hasSize(2);
  }

  private Pipeline.Builder pipeline() {
    return Pipeline.named("orders").source(broker).handle(handler).events(events);
  }
}
