package dev.tailrace.dispatch;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Origin;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dispatcher whose handlers end when the test says so, and whose source only keeps its credit.
 */
final class PoolFixture {
  final Simulation world = Simulation.seeded(1);
  final SimulatedLoop loop = world.loop("consumer");
  final Map<Partition, Integer> credit = new LinkedHashMap<>();
  final Map<String, Promise<Outcome>> running = new LinkedHashMap<>();
  final Map<String, MessageContext> contexts = new LinkedHashMap<>();
  final List<String> events = new ArrayList<>();
  final List<String> settled = new ArrayList<>();
  final List<String> released = new ArrayList<>();
  final Dispatcher dispatcher;

  PoolFixture(Order order, int concurrency, int buffer, int parked) {
    DispatchConfig config =
        new DispatchConfig("orders", order, concurrency, buffer, 1_000_000, parked);
    MessageHandler handler =
        (message, context) -> {
          String name = message.origin().toString();
          Promise<Outcome> promise = Promise.promise();
          running.put(name, promise);
          contexts.put(name, context);
          return promise.future();
        };
    Crew crew =
        new Crew(
            "orders",
            loop,
            new Recorder(),
            handler,
            new Workers("orders", concurrency),
            Crew.Timing.of(Duration.ofHours(1)),
            RetryPolicy.DEFAULT,
            null,
            null);
    dispatcher = new Dispatcher(config, crew, new CreditOnly());
  }

  Partition assign(String source) {
    Partition partition = new Partition(source, 1);
    loop.turn(() -> dispatcher.assigned(List.of(partition)));
    return partition;
  }

  List<Delivery> deliver(Partition partition, String... keys) {
    List<Delivery> batch = new ArrayList<>();
    for (String key : keys) {
      batch.add(new Parcel(partition, next++, key.isEmpty() ? null : Buffer.buffer(key)));
    }
    loop.turn(() -> dispatcher.accept(batch));
    return batch;
  }

  void deliver(Delivery delivery) {
    loop.turn(() -> dispatcher.accept(List.of(delivery)));
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

  /** A message of a test. */
  final class Parcel implements Delivery, Message {
    private final Partition partition;
    private final int position;
    private final @Nullable Buffer key;
    boolean finishedBefore;

    Parcel(Partition partition, int position, @Nullable Buffer key) {
      this.partition = partition;
      this.position = position;
      this.key = key;
    }

    @Override
    public Message message() {
      return this;
    }

    @Override
    public Partition partition() {
      return partition;
    }

    @Override
    public int bytes() {
      return 10;
    }

    @Override
    public int deliveries() {
      return 1;
    }

    @Override
    public boolean finishedBefore() {
      return finishedBefore;
    }

    @Override
    public void settle() {
      settled.add(origin().toString());
    }

    @Override
    public void release() {
      released.add(origin().toString());
    }

    @Override
    public Origin origin() {
      return Origin.offset(partition.source(), position);
    }

    @Override
    public @Nullable Buffer key() {
      return key;
    }

    @Override
    public @Nullable Buffer body() {
      return null;
    }

    @Override
    public Headers headers() {
      return Headers.empty();
    }

    @Override
    public Instant timestamp() {
      return Instant.EPOCH;
    }

    @Override
    public String toString() {
      return origin().toString();
    }
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
    public void overran(Subject subject) {
      events.add("overran " + subject.message());
    }
  }

  private final class CreditOnly implements Source {
    @Override
    public String name() {
      return "credit only";
    }

    @Override
    public Future<Void> open(Intake intake) {
      return Future.succeededFuture();
    }

    @Override
    public void request(Partition partition, int messages, long bytes) {
      credit.put(partition, messages);
    }

    @Override
    public Future<Void> closeIntake() {
      return Future.succeededFuture();
    }

    @Override
    public Future<Flush> flush() {
      return Future.succeededFuture(Flush.NOTHING);
    }

    @Override
    public Future<Flush> giveBack() {
      return Future.succeededFuture(Flush.NOTHING);
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }

    @Override
    public SourceStatus status() {
      return new SourceStatus(true, Instant.EPOCH, null, List.of());
    }
  }
}
