package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.PayloadHash;
import dev.tailrace.idempotency.ScriptedStore;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.message.Fence;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Origin;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Messages that may have ended a process run alone in the pool, and hold nobody up for ever. */
final class SuspectsTest {
  private static final Duration LEASE = Duration.ofSeconds(9);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration WITH_GRACE = Duration.ofSeconds(16);

  private final Simulation world = Simulation.seeded(1);
  private final Solitude solitude = new Solitude();
  private final List<String> log = new ArrayList<>();
  private final Consumer orders = new Consumer("orders");
  private final Consumer payments = new Consumer("payments");

  @Test
  void oneSuspicionHoldsNobodyBack() {
    orders.suspect("a", 1);
    orders.deliver("a", "b");

    assertThat(log).containsExactly("orders a starts", "orders b starts");
  }

  @Test
  void aSuspectRunsWhenNothingElseDoesAndWhatComesAfterItWaits() {
    orders.suspect("b", 2);
    orders.deliver("a");
    payments.deliver("x");
    log.clear();
    orders.deliver("b", "c");
    payments.deliver("y");
    assertThat(log).containsExactly("orders suspended", "payments suspended");
    assertThat(orders.loop.call(orders.dispatcher::suspended)).isPresent();

    orders.end("a");
    assertThat(log).as("payments still work").doesNotContain("orders b starts");
    payments.end("x");
    assertThat(log).containsOnlyOnce("orders SUSPECT", "orders b starts");
    assertThat(log).doesNotContain("orders c starts", "payments y starts");
    assertThat(orders.store.calls()).as("before its start").contains("alone 1");

    orders.end("b");
    assertThat(log).contains("payments y starts");
    world.runFor(Duration.ofSeconds(2)); // it had its claim already, and gave it back
    assertThat(log).contains("orders c starts");
    assertThat(orders.loop.call(orders.dispatcher::suspended)).isEmpty();
  }

  @Test
  void suspectsOfSeveralConsumersRunOneAfterTheOther() {
    orders.suspect("a", 2);
    orders.suspect("b", 3);
    payments.suspect("x", 2);
    orders.deliver("a", "b");
    payments.deliver("x");
    for (int i = 0; i < 3; i++) {
      List<String> running = running();
      assertThat(running).hasSize(1);
      (running.get(0).equals("x") ? payments : orders).end(running.get(0));
    }
    assertThat(log).contains("orders a done", "orders b done", "payments x done");
  }

  @Test
  void aSuspectThatHasUsedUpItsAttemptsIsDeadWithoutAnotherCall() {
    orders.suspect("a", 2);
    for (int i = 0; i < 3; i++) {
      orders.endAlone("a");
    }
    orders.deliver("a");

    assertThat(running()).isEmpty();
    assertThat(orders.letters.arrived())
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.headers().text(DeadLetterHeaders.REASON))
                  .isEqualTo("ended its process");
              assertThat(letter.headers().text(DeadLetterHeaders.ATTEMPTS)).isEqualTo("3");
            });
  }

  @Test
  void whatHasUsedUpItsAttemptsIsNotCalledWhereItsLetterIsRefusedAndTheStoreForgets() {
    orders.suspect("a", 2);
    for (int i = 0; i < 3; i++) {
      orders.endAlone("a");
    }
    orders.letters.weather(
        letter -> Reply.failed(new MessageRefusedException("too large", new RuntimeException())));
    orders.deliver("a");
    orders.store.replace(new MemoryStore(orders.loop, MemoryLimits.DEFAULT));
    world.runFor(Duration.ofMinutes(2));
    assertThat(running()).isEmpty();

    orders.letters.calm();
    world.runFor(Duration.ofMinutes(2));
    assertThat(running()).isEmpty();
    assertThat(orders.letters.arrived())
        .singleElement()
        .satisfies(
            letter -> assertThat(letter.headers().text(DeadLetterHeaders.ATTEMPTS)).isEqualTo("3"));
  }

  @Test
  void suspicionsAreNoAttempts() {
    orders.suspect("a", 7);
    orders.endAlone("a");
    orders.deliver("a");
    assertThat(orders.attempts).containsEntry("a", 2);
  }

  @Test
  void aSuspectThatIsNotAloneInTimeLetsTheOthersGoOnAndComesAgain() {
    payments.deliver("stuck");
    orders.suspect("a", 2);
    orders.deliver("a", "b");
    assertThat(log).doesNotContain("orders b starts");

    world.runFor(WITH_GRACE);
    assertThat(log).contains("orders b starts").doesNotContain("orders a starts");
    orders.end("b");
    payments.end("stuck");
    world.runFor(Duration.ofMinutes(1));
    assertThat(log).contains("orders a starts");
  }

  @Test
  void aSuspectThatOverstaysItsTimeHoldsNobodyUpAnyMore() {
    orders.suspect("a", 2);
    orders.deliver("a", "b");
    payments.deliver("x");
    assertThat(running()).containsExactly("a");

    world.runFor(WITH_GRACE);

    assertThat(running()).contains("a", "b", "x");
  }

  @Test
  void aSuspectWhoseCountIsNotWrittenDoesNotStart() {
    orders.suspect("a", 2);
    orders.store.weather(Weather.AWAY, "alone");
    orders.deliver("a", "b");
    assertThat(running()).isEmpty();

    world.runFor(WITH_GRACE);
    assertThat(running()).containsExactly("b");

    orders.end("b");
    orders.store.weather(Weather.CALM);
    world.runFor(Duration.ofMinutes(1));
    assertThat(running()).containsExactly("a");
  }

  @Test
  void aSuspectWhoseCountIsWrittenLateHasItsWholeTimeAlone() {
    orders.suspect("a", 2);
    orders.store.weather(Weather.AWAY, "alone");
    orders.deliver("a", "b");
    payments.deliver("x");
    world.runFor(TIMEOUT);
    orders.store.weather(Weather.CALM);
    world.runFor(TIMEOUT);
    assertThat(running()).containsExactly("a");

    world.runFor(WITH_GRACE);
    assertThat(running()).contains("a", "b", "x");
  }

  @Test
  void aDrainReleasesASuspectThatWaits() {
    payments.deliver("x");
    orders.suspect("a", 2);
    orders.deliver("a");
    orders.loop.turn(
        () ->
            orders.dispatcher.quiesce(Scope.all(), QuiescePlan.immediate(Duration.ofMillis(500))));
    world.runFor(Duration.ofSeconds(1));

    assertThat(log).contains("orders a released");
    payments.deliver("y");
    assertThat(running()).contains("x", "y");
  }

  @Test
  void nobodyWaitsForAConsumerThatIsGone() {
    payments.deliver("stuck");
    payments.loop.turn(payments.dispatcher::close);
    orders.suspect("a", 2);
    orders.deliver("a");

    assertThat(running()).contains("a");
  }

  private List<String> running() {
    List<String> all = new ArrayList<>(orders.running.keySet());
    all.addAll(payments.running.keySet());
    return all;
  }

  /** One consumer of the pool, whose handlers end when the test says so. */
  private final class Consumer {
    final SimulatedLoop loop;
    final ScriptedStore store;
    final Dispatcher dispatcher;
    final InMemorySink letters = new InMemorySink("dlq");
    final Map<String, Promise<Outcome>> running = new LinkedHashMap<>();
    final Map<String, Integer> attempts = new LinkedHashMap<>();
    private final String name;
    private final Partition partition;
    private int next;
    private int claims;

    Consumer(String name) {
      this.name = name;
      this.loop = world.loop(name);
      this.store = new ScriptedStore(new MemoryStore(loop, MemoryLimits.DEFAULT));
      this.partition = new Partition(name + "/0", 1);
      this.dispatcher =
          loop.call(
              () ->
                  new Dispatcher(
                      new DispatchConfig(name, Order.UNORDERED, 10, 100, 1_000_000, 10),
                      crew(),
                      new PoolFixture.CreditOnly(
                          new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>()),
                      solitude));
      loop.turn(() -> dispatcher.assigned(List.of(partition)));
    }

    private Crew crew() {
      ClaimConfig config = ClaimConfig.of(name, LEASE, Duration.ofDays(1), WhenUnavailable.PAUSE);
      MessageHandler handler =
          (message, context) -> {
            Promise<Outcome> promise = Promise.promise();
            running.put(String.valueOf(message.key()), promise);
            attempts.put(String.valueOf(message.key()), context.attempt());
            return promise.future();
          };
      return new Crew(
          name,
          loop,
          new Recorder(),
          handler,
          new Workers(name, 10),
          Crew.Timing.of(TIMEOUT),
          RetryPolicy.DEFAULT.withAttempts(3),
          new Crew.Claiming(
              KeyRule.parse("record-key", OnMissing.DEAD_LETTER),
              new ClaimClient(loop, store, config),
              false),
          new DeadLetters(loop, letters, name, "worker-1"));
    }

    /** So many processes ended while a message of this key ran in them. */
    void suspect(String key, int times) {
      for (int i = 0; i < times; i++) {
        claimAndDie(key, false);
      }
      world.runFor(LEASE.plusSeconds(1));
    }

    /** One more did, in which it ran alone. */
    void endAlone(String key) {
      claimAndDie(key, true);
      world.runFor(LEASE.plusSeconds(1));
    }

    private void claimAndDie(String key, boolean alone) {
      world.runFor(LEASE.plusSeconds(1));
      ClaimRequest request =
          new ClaimRequest(
              key, "dead-" + claims++, "dead", PayloadHash.of(message(key).body()), LEASE);
      loop.turn(
          () ->
              store
                  .claim(List.of(request))
                  .onSuccess(
                      answers -> {
                        if (alone) {
                          store.markAlone(List.of(fence(answers.get(0))));
                        }
                      }));
    }

    private static Fence fence(Reply<ClaimAnswer> reply) {
      return Objects.requireNonNull(((Reply.Ok<ClaimAnswer>) reply).value().fence());
    }

    private TestMessage message(String key) {
      return TestMessage.of(Origin.offset(partition.source(), next++), Buffer.buffer(key));
    }

    void deliver(String... keys) {
      List<Delivery> batch = new ArrayList<>();
      for (String key : keys) {
        batch.add(
            TestDelivery.of(message(key)).in(partition).ending(settled -> {}, released -> {}));
      }
      loop.turn(() -> dispatcher.accept(batch));
      world.runFor(Duration.ofMillis(100));
    }

    void end(String key) {
      Promise<Outcome> promise = running.remove(key);
      if (promise == null) {
        throw new AssertionError(key + " does not run, but " + running.keySet());
      }
      loop.turn(() -> promise.complete(Outcome.done()));
      world.runFor(Duration.ofMillis(100));
    }

    private final class Recorder implements PoolEvents {
      private void log(Subject subject, String what) {
        log.add(name + " " + subject.message().key() + " " + what);
      }

      @Override
      public void started(Subject subject) {
        log(subject, "starts");
      }

      @Override
      public void settled(Subject subject, Finish finish, String detail) {
        log(subject, finish.label());
      }

      @Override
      public void released(Subject subject, String reason) {
        log(subject, "released");
      }

      @Override
      public void suspended(String pipeline, boolean now) {
        log.add(pipeline + (now ? " suspended" : " goes on"));
      }

      @Override
      public void alarm(String pipeline, String source, Alarm kind, String detail) {
        log.add(pipeline + " " + kind);
      }
    }
  }
}
