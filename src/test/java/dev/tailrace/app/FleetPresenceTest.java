package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool obeys its fleet, says so, and depends on it for nothing. */
final class FleetPresenceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Vertx vertx = Vertx.vertx();
  private final Registry registry = new Registry();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void anOrderInTheRegistryDrainsThePoolAndItsLastWordSaysHowItWent() throws Exception {
    Tailrace pool = started(true);
    await().atMost(PATIENCE).until(() -> registry.says("running"));
    assertThat(registry.member().obeys(FleetOrder.Verb.REPLACE)).isTrue();

    registry.orders.add(order(pool));
    await().atMost(PATIENCE).until(() -> pool.report().isPresent());

    DrainReport report = pool.report().orElseThrow();
    assertThat(report.trigger().kind()).isEqualTo(Trigger.Kind.FLEET_REPLACE);
    assertThat(report.exitCode()).isEqualTo(DrainReport.RESTART_EXIT);
    assertThat(report.errors()).isEmpty();
    assertThat(registry.orders).as("it waits no more").isEmpty();
    JsonObject words = new JsonObject(registry.lastWords);
    assertThat(words.getString("result")).isEqualTo("clean");
    assertThat(words.getInteger("exitCode")).isEqualTo(6);
  }

  @Test
  void whoIsNotToObeySaysSoAndDoesNot() throws Exception {
    Tailrace pool = started(false);
    registry.orders.add(order(pool));
    await().atMost(PATIENCE).until(() -> registry.says("running"));

    assertThat(registry.member().orders()).isEmpty();
    assertThat(registry.taken).as("it does not even look").isFalse();
    assertThat(pool.state()).isEqualTo(State.RUNNING);
    assertThat(Results.result(pool.close().map(true))).isTrue();
  }

  @Test
  void aRegistryThatFallsSilentChangesNothingInAStop() throws Exception {
    Tailrace pool = started(true);
    await().atMost(PATIENCE).until(() -> registry.says("running"));
    registry.silent = true;

    DrainReport report = Results.result(pool.drain(new Trigger(Trigger.Kind.SIGTERM, "signal")));

    assertThat(report.result()).isEqualTo(DrainReport.Result.CLEAN);
    assertThat(report.exitCode()).isZero();
    assertThat(report.errors()).singleElement().asString().contains("fleet.registry");
  }

  private static String order(Tailrace pool) {
    return FleetOrder.of(FleetOrder.Verb.REPLACE, pool.identity().incarnation(), "ops")
        .toJson()
        .encode();
  }

  private Tailrace started(boolean obeys) throws Exception {
    Tailrace pool =
        Tailrace.builder(vertx)
            .identity(PoolIdentity.of("fleet", "a"))
            .add(
                Pipeline.named("orders")
                    .source(new ManualBroker(1))
                    .handle(new HeldHandler())
                    .build())
            .fleet((loop, name) -> registry, obeys)
            .build();
    return Results.result(pool.start());
  }

  /** Keeps what one pool says, and one order; any thread. */
  private static final class Registry implements FleetRegistry, FleetOrders {
    private final Queue<String> orders = new ConcurrentLinkedQueue<>();
    private volatile String said = "";
    private volatile String lastWords = "";
    private volatile boolean silent;
    private volatile boolean taken;

    FleetMember member() {
      return FleetMember.read(said).orElseThrow();
    }

    boolean says(String state) {
      return !said.isEmpty() && member().state().equals(state);
    }

    private <T> Future<Reply<T>> answer(T value) {
      return silent
          ? Promise.<Reply<T>>promise().future()
          : Future.succeededFuture(Reply.ok(value));
    }

    @Override
    public Future<Void> open() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Reply<Boolean>> keep(String member, String what, Duration length) {
      said = what;
      return answer(true);
    }

    @Override
    public Future<Reply<Boolean>> leave(String member, String words, Duration memory) {
      lastWords = words;
      return answer(true);
    }

    @Override
    public Future<Reply<List<String>>> members() {
      return answer(List.of(said));
    }

    @Override
    public Future<Reply<String>> lastWords(String member) {
      return answer(lastWords);
    }

    @Override
    public FleetOrders orders() {
      return this;
    }

    @Override
    public Future<Reply<Answer>> give(String member, String order, Duration good, boolean leading) {
      return answer(Answer.GIVEN);
    }

    @Override
    public Future<Reply<List<Waiting>>> take(String member) {
      taken = true;
      return answer(
          orders.stream().map(order -> new Waiting(order, Duration.ofSeconds(20))).toList());
    }

    @Override
    public Future<Reply<Boolean>> done(String member, String order) {
      return answer(orders.remove(order));
    }

    @Override
    public Future<Reply<String>> lead(Consumer<String> lost) {
      return answer("");
    }

    @Override
    public Future<Reply<Boolean>> resign() {
      return answer(true);
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
