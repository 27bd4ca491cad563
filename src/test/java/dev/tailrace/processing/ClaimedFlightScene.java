package dev.tailrace.processing;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.ScriptedStore;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.InMemorySink;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Flights with claims of a scripted store, and what becomes of them; on a simulated loop. */
abstract class ClaimedFlightScene {
  final Simulation world = Simulation.seeded(1);
  final SimulatedLoop loop = world.loop("consumer");
  final ScriptedStore store = new ScriptedStore(new MemoryStore(loop, MemoryLimits.DEFAULT));
  final InMemorySink letters = new InMemorySink("orders.dlq");
  final List<Promise<Outcome>> handlers = new ArrayList<>(); // of those that have started
  final List<Landing> landings = new ArrayList<>();

  /** A flight whose handler ends when the test says so. */
  final Flight flight(ClaimClient claims) {
    return Crews.flight(crew(claims), new Item(TestMessage.at(7)), (own, end) -> landings.add(end));
  }

  private Crew crew(ClaimClient claims) {
    return new Crew(
        "orders",
        loop,
        new PoolEvents() {},
        (MessageHandler)
            (message, context) -> {
              Promise<Outcome> ending = Promise.promise();
              handlers.add(ending);
              return ending.future();
            },
        new Workers("orders", 1),
        Crew.Timing.of(Duration.ofMinutes(10)),
        RetryPolicy.DEFAULT,
        new Crew.Claiming(KeyRule.parse("record-key", OnMissing.DEAD_LETTER), claims, false),
        new DeadLetters(loop, letters, "orders", "worker-1"));
  }

  static ClaimConfig config(String owner) {
    return ClaimConfig.of(owner, Duration.ofSeconds(9), Duration.ofDays(1), WhenUnavailable.PAUSE);
  }

  private static final class Item extends WorkItem {
    Item(Message message) {
      super(TestDelivery.of(message)); // which a flight neither settles nor releases
    }

    @Override
    public String pipeline() {
      return "orders";
    }
  }
}
