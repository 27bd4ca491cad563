package dev.tailrace.processing;

import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Promise;
import java.time.Duration;

/** Crews without a store, and what they fly with. */
public final class Crews {
  private static final MessageHandler NEVER =
      (message, context) -> Promise.<Outcome>promise().future();

  private Crews() {}

  /** One whose handler never ends, and of which nobody hears. */
  public static Crew idle(Loop loop) {
    return of(loop, NEVER, new PoolEvents() {});
  }

  static Crew of(Loop loop, HandlerShape handler, PoolEvents events) {
    return new Crew(
        "orders",
        loop,
        events,
        handler,
        new Workers("orders", 4),
        Crew.Timing.of(Duration.ofSeconds(1)),
        RetryPolicy.DEFAULT,
        null,
        null);
  }

  /** One message of the crew, of which nobody asks how it ended. */
  public static Flight flight(Crew crew) {
    return flight(crew, new Item(), (landed, landing) -> {});
  }

  /** Departs now. */
  static Flight flight(Crew crew, WorkItem item, Landings landings) {
    return new Flight(new Airport(crew, landings), item, crew.loop().nanos());
  }

  static final class Item extends WorkItem {
    Item() {
      super(TestDelivery.of(TestMessage.at(7)));
    }

    @Override
    public String pipeline() {
      return "orders";
    }
  }
}
