package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatch.QuiescePlan;
import dev.tailrace.dispatch.Solitude;
import dev.tailrace.observe.ClientMeters;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the phases of a drain ask of one consumer. */
final class ConsumerDrainTest {
  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final ManualBroker broker = new ManualBroker(1);
  private final HeldHandler handler = new HeldHandler();
  private final RecordedEvents events = new RecordedEvents();

  @Test
  void whatStillRunsWhenSettlingBeginsIsLeftAndNamedBeforeAnythingIsReported() {
    ConsumerDrain drain = drainOf(opened());
    loop.turn(() -> broker.produce(0, 2));
    world.runUntil(() -> handler.started() == 2);

    Duration late = Duration.ofHours(1);
    Future<Void> resting = drain.quiesce(QuiescePlan.drain(late, late, late));
    world.await(drain.settle(Duration.ofSeconds(1)));

    assertThat(resting.isComplete()).isTrue();
    assertThat(events.count("abandoned")).isEqualTo(2);
    DrainReport.Messages messages = drain.ledger().messages();
    assertThat(messages.abandoned()).isEqualTo(2);
    assertThat(messages.named()).hasSize(2);
    List<String> told = events.told();
    loop.turn(handler::release);
    world.runFor(Duration.ofSeconds(1));
    assertThat(events.told()).as("nothing is told of them any more").isEqualTo(told);
  }

  private Consumer opened() {
    Pipeline pipeline =
        Pipeline.named("orders").source(broker).handle(handler).events(events).build();
    PoolIdentity identity = new PoolIdentity("orders", "orders-0", "k1-abc", "host-7", "dev");
    Seat seat =
        new Seat(pipeline, 0, 1, identity, events, ClientMeters.NONE, new Solitude(), false);
    Consumer consumer = PoolOnLoops.NoVertx.consumer(seat, loop);
    world.await(loop.call(consumer::open));
    return consumer;
  }

  private static ConsumerDrain drainOf(Consumer consumer) {
    return new ConsumerDrain("orders/0", Future.succeededFuture(consumer));
  }
}
