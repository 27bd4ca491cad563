package dev.tailrace.dispatch;

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
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
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

/** One consumer of the pool, whose handlers end when the test says so. */
final class HandledConsumer {
  private static final Duration LEASE = Duration.ofSeconds(9);

  final SimulatedLoop loop;
  final ScriptedStore store;
  final Dispatcher dispatcher;
  final InMemorySink letters = new InMemorySink("dlq");
  final Map<String, Promise<Outcome>> running = new LinkedHashMap<>();
  final Map<String, Integer> attempts = new LinkedHashMap<>();
  private final Simulation world;
  private final List<String> log;
  private final String name;
  private final Partition partition;
  private int next;
  private int claims;

  /**
   * Makes it, with a partition.
   *
   * @param timeout of its handlers
   * @param log what has happened in all consumers of the pool
   */
  HandledConsumer(
      String name, Duration timeout, Simulation world, Solitude solitude, List<String> log) {
    this.name = name;
    this.world = world;
    this.log = log;
    this.loop = world.loop(name);
    this.store = new ScriptedStore(new MemoryStore(loop, MemoryLimits.DEFAULT));
    this.partition = new Partition(name + "/0", 1);
    this.dispatcher =
        loop.call(
            () ->
                new Dispatcher(
                    new DispatchConfig(name, Order.UNORDERED, 10, 100, 1_000_000, 10),
                    crew(timeout),
                    new PoolFixture.CreditOnly(
                        new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>()),
                    solitude));
    loop.turn(() -> dispatcher.assigned(List.of(partition)));
  }

  private Crew crew(Duration timeout) {
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
        Crew.Timing.of(timeout),
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
      batch.add(TestDelivery.of(message(key)).in(partition).ending(settled -> {}, released -> {}));
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
