package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Order;
import dev.tailrace.message.Message;
import dev.tailrace.message.Origin;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A partition whose messages a handler fails as the test says, worked on by the production core of
 * one consumer with dead letters in memory.
 */
final class FailingKeys {
  static final String SOURCE = "orders/0";

  final Simulation world;
  final InMemorySink letters = new InMemorySink("orders.dlq");
  final Witness witness;
  final SimulatedConsumer consumer;
  final Map<Message, Integer> calls = new HashMap<>();
  final Map<Message, Finish> finished = new HashMap<>();
  final Map<Message, Integer> spared = new HashMap<>();
  final List<Message> order = new ArrayList<>(); // of all calls
  final List<String> alarms = new ArrayList<>();
  final Partition partition = new Partition(SOURCE, 1);
  String breaker = "never opened";
  int callsAtBreaker; // when it opened or closed last
  int hangs; // so many of the next calls never end
  Predicate<Message> fails = message -> false;
  int executing;

  private final Choices choices;
  private final SimulatedBroker broker;

  /**
   * Makes the world.
   *
   * @param messages how many there are
   * @param keys over how many keys they are spread, in turn
   */
  FailingKeys(long seed, int messages, int keys, DispatchConfig config, RetryPolicy retry) {
    this.world = Simulation.seeded(seed);
    this.choices = world.choices();
    this.broker = new SimulatedBroker(choices, 1, 0, 1);
    this.witness = new Witness(config.order());
    for (int i = 0; i < messages; i++) {
      add("key-" + i % keys);
    }
    SimulatedLoop loop = world.loop("consumer");
    this.consumer =
        new SimulatedConsumer(
            loop,
            broker,
            choices,
            new SimulatedConsumer.Pool(
                config,
                (message, context) -> handle(loop, message),
                new Heard(),
                null,
                new DeadLetters(loop, letters, SimulatedConsumer.PIPELINE, "worker"),
                retry));
  }

  static DispatchConfig limits(Order order, int concurrency, int buffer, int parked) {
    return new DispatchConfig(
        SimulatedConsumer.PIPELINE, order, concurrency, buffer, 1_000_000, parked);
  }

  private void add(String key) {
    List<SimulatedMessage> log = all();
    Origin origin = Origin.offset(SOURCE, log.size());
    log.add(new SimulatedMessage(origin, Buffer.buffer(key), Buffer.buffer("body")));
  }

  List<SimulatedMessage> all() {
    return broker.logs.computeIfAbsent(SOURCE, any -> new ArrayList<>());
  }

  void assign() {
    consumer.loop.turn(() -> consumer.source.assign(List.of(partition)));
  }

  /** Runs until all are finished, and checks the limits on the way. */
  void runToTheEnd() {
    while (finished.size() < all().size()) {
      Duration before = Duration.ofNanos(world.nanos());
      world.runFor(Duration.ofMillis(10));
      consumer.checkBounds();
      assertThat(before)
          .as("%s comes to its end", world.where())
          .isLessThan(Duration.ofMinutes(40));
    }
    assertThat(consumer.counts().inFlight()).isZero();
  }

  int calls(Message message) {
    return calls.getOrDefault(message, 0);
  }

  int spared(Message message) {
    return spared.getOrDefault(message, 0);
  }

  /** How many letters of this message arrived. */
  long letters(Message message) {
    return reasons(message).size();
  }

  /** Why it died, once for each letter. */
  List<String> reasons(Message message) {
    String origin = message.origin().toString();
    return letters.arrived().stream()
        .filter(letter -> origin.equals(letter.headers().text(DeadLetterHeaders.ORIGIN)))
        .map(letter -> String.valueOf(letter.headers().text(DeadLetterHeaders.REASON)))
        .toList();
  }

  private Future<Outcome> handle(SimulatedLoop loop, Message message) {
    witness.starts(message);
    calls.merge(message, 1, Integer::sum);
    order.add(message);
    executing++;
    boolean failing = fails.test(message);
    Promise<Outcome> promise = Promise.promise();
    if (hangs > 0) {
      hangs--;
      return promise.future();
    }
    loop.after(
        Duration.ofNanos(1_000_000 + choices.pick(4_000_000)),
        () -> {
          executing--;
          witness.ends(message, !failing);
          if (failing) {
            promise.fail(new IllegalStateException("by its key"));
          } else {
            promise.complete(Outcome.done());
          }
        });
    return promise.future();
  }

  private final class Heard implements PoolEvents {
    @Override
    public void settled(Subject subject, Finish finish, String detail) {
      Finish before = finished.put(subject.message(), finish);
      assertThat(before).as("%s settled once", subject.message()).isNull();
    }

    @Override
    public void spared(Subject subject, String reason) {
      spared.merge(subject.message(), 1, Integer::sum);
    }

    @Override
    public void breaker(String pipeline, boolean open, String detail) {
      breaker = open ? "open: " + detail : "closed";
      callsAtBreaker = order.size();
    }

    @Override
    public void alarm(String pipeline, String source, Alarm kind, String detail) {
      alarms.add(kind.label() + ": " + detail);
    }
  }
}
