package dev.tailrace.dispatch;

import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Origin;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.IdleSource;
import dev.tailrace.source.Partition;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A dispatcher whose handlers end when the test says so, and whose source only keeps its credit.
 */
final class PoolFixture {
  static final Duration TIMEOUT = Duration.ofHours(1);

  final Simulation world = Simulation.seeded(1);
  final SimulatedLoop loop = world.loop("consumer");
  final Map<Partition, Integer> credit = new LinkedHashMap<>();
  final Map<Partition, Long> bytes = new LinkedHashMap<>();
  final List<String> requests = new ArrayList<>();
  final Map<String, Promise<Outcome>> running = new LinkedHashMap<>();
  final Map<String, MessageContext> contexts = new LinkedHashMap<>();
  final List<String> events = new ArrayList<>();
  final List<String> settled = new ArrayList<>();
  final List<String> released = new ArrayList<>();
  final InMemorySink letters = new InMemorySink("orders.dlq");
  final Dispatcher dispatcher;

  /** How long the handler takes with the next message; null: until the test says so. */
  @Nullable Supplier<Duration> work;

  /** The batches that run, by the names of their messages. */
  final Map<List<String>, Promise<List<Outcome>>> batches = new LinkedHashMap<>();

  PoolFixture(Order order, int concurrency, int buffer, int parked) {
    DispatchConfig config =
        new DispatchConfig("orders", order, concurrency, buffer, 1_000_000, parked);
    MessageHandler handler =
        (message, context) -> {
          String name = message.origin().toString();
          Promise<Outcome> promise = Promise.promise();
          if (work != null) {
            loop.after(work.get(), () -> promise.complete(Outcome.done()));
            return promise.future();
          }
          running.put(name, promise);
          contexts.put(name, context);
          return promise.future();
        };
    dispatcher = dispatcher(config, crew(handler, concurrency, null, null));
  }

  /** Whose handler takes batches, and which has a destination of dead letters. */
  PoolFixture(Order order, int concurrency, BatchLimits limits) {
    this(order, concurrency, limits, pool -> null);
  }

  /** As that one, with claims. */
  PoolFixture(
      Order order,
      int concurrency,
      BatchLimits limits,
      Function<PoolFixture, Crew.@Nullable Claiming> claims) {
    DispatchConfig config = new DispatchConfig("orders", order, concurrency, 100, 1_000_000, 100);
    BatchHandler handler =
        batch -> {
          List<String> names = batch.stream().map(each -> each.message().toString()).toList();
          Promise<List<Outcome>> promise = Promise.promise();
          batches.put(names, promise);
          batch.forEach(context -> contexts.put(context.message().toString(), context));
          return promise.future();
        };
    DeadLetters dead = new DeadLetters(loop, letters, "orders", "worker-1");
    dispatcher =
        dispatcher(config, crew(handler, concurrency, claims.apply(this), dead).with(limits));
  }

  private Dispatcher dispatcher(DispatchConfig config, Crew crew) {
    return new Dispatcher(config, crew, new CreditOnly(credit, bytes, requests));
  }

  private Crew crew(
      HandlerShape handler,
      int concurrency,
      Crew.@Nullable Claiming claims,
      @Nullable DeadLetters dead) {
    return new Crew(
        "orders",
        loop,
        new Recorder(),
        handler,
        new Workers("orders", concurrency),
        Crew.Timing.of(TIMEOUT),
        RetryPolicy.DEFAULT,
        claims,
        dead);
  }

  Partition assign(String source) {
    Partition partition = new Partition(source, 1);
    loop.turn(() -> dispatcher.assigned(List.of(partition)));
    return partition;
  }

  List<Delivery> deliver(Partition partition, String... keys) {
    List<Delivery> batch = new ArrayList<>();
    for (String key : keys) {
      batch.add(delivery(partition, key));
    }
    deliver(batch);
    return batch;
  }

  void deliver(Delivery delivery) {
    deliver(List.of(delivery));
  }

  void deliver(List<Delivery> batch) {
    loop.turn(() -> dispatcher.accept(batch));
  }

  /** The next message of this key, or without one where it is empty; not delivered yet. */
  TestDelivery delivery(Partition partition, String key) {
    Origin origin = Origin.offset(partition.source(), next++);
    Buffer bytes = key.isEmpty() ? null : Buffer.buffer(key);
    return TestDelivery.of(TestMessage.of(origin, bytes))
        .in(partition)
        .weighing(10)
        .ending(
            message -> settled.add(message.toString()),
            message -> released.add(message.toString()));
  }

  private int next;

  void end(String message, Outcome outcome) {
    Promise<Outcome> promise = running.remove(message);
    if (promise == null) {
      throw new AssertionError(message + " does not run, but " + running.keySet());
    }
    promise.complete(outcome);
    world.runFor(Duration.ofMillis(1));
  }

  Future<Quiesced> quiesce(Scope scope, QuiescePlan plan) {
    return loop.call(() -> dispatcher.quiesce(scope, plan));
  }

  private final class Recorder implements PoolEvents {
    @Override
    public void started(Subject subject) {
      events.add("started " + subject.message());
    }

    @Override
    public void settled(Subject subject, Finish finish, String detail) {
      events.add(finish.label() + " " + subject.message());
    }

    @Override
    public void released(Subject subject, String reason) {
      events.add("released " + subject.message());
    }

    @Override
    public void parked(Subject subject, Duration delay, String reason) {
      events.add("parked " + subject.message());
    }

    @Override
    public void abandoned(Subject subject, String stage) {
      events.add("abandoned " + subject.message() + " " + stage);
    }

    @Override
    public void alarm(String pipeline, String source, Alarm kind, String detail) {
      events.add("alarm " + kind.label() + " " + detail);
    }

    @Override
    public void overran(Subject subject) {
      events.add("overran " + subject.message());
    }
  }

  /**
   * A source that delivers nothing by itself.
   *
   * @param credit by partition, as given last
   * @param bytes likewise
   * @param requests every one, in words
   */
  record CreditOnly(
      Map<Partition, Integer> credit, Map<Partition, Long> bytes, List<String> requests)
      implements IdleSource {
    @Override
    public String name() {
      return "credit only";
    }

    @Override
    public void request(Partition partition, int messages, long most) {
      credit.put(partition, messages);
      bytes.put(partition, most);
      requests.add(messages + " of " + partition.source());
    }
  }
}
