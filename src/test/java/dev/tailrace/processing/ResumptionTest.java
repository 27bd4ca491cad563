package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Message;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Origin;
import dev.tailrace.message.Outcome;
import dev.tailrace.message.TestMessage;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How messages start that their source suspects, and nobody else counts. */
final class ResumptionTest {
  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private final List<String> log = new ArrayList<>();
  private final Suspected delivery = new Suspected();
  private @Nullable Solo waiting;

  @Test
  void theStartOfASuspectIsCountedWhenItIsAlone() {
    depart();
    assertThat(log).isEmpty();

    beAlone();
    assertThat(log).containsExactly("SUSPECT", "counted", "attempt 2", "landed");
  }

  @Test
  void whatIsNoSuspectAnyMoreWhenItIsAloneStartsLikeAnyOther() {
    depart();
    delivery.suspected = false;
    beAlone();
    assertThat(log).as("an alarm would be of a count").containsExactly("attempt 2", "landed");
  }

  private void depart() {
    MessageHandler handler =
        (message, context) -> {
          log.add("attempt " + context.attempt());
          return Future.succeededFuture(Outcome.done());
        };
    Crew crew =
        new Crew(
            "orders",
            loop,
            new PoolEvents() {
              @Override
              public void alarm(String pipeline, String source, Alarm kind, String detail) {
                log.add(kind.toString());
              }
            },
            handler,
            new Workers("orders", 4),
            Crew.Timing.of(Duration.ofSeconds(1)),
            RetryPolicy.DEFAULT,
            null,
            null);
    loop.turn(() -> Crews.flight(crew, new Item(delivery), new Alone()).depart());
  }

  private void beAlone() {
    Solo solo = waiting;
    if (solo == null) {
      throw new AssertionError("it does not wait to be alone");
    }
    loop.turn(solo::start);
    world.run();
  }

  private final class Alone implements Landings {
    @Override
    public void landed(Flight flight, Landing landing) {
      log.add("landed");
    }

    @Override
    public void awaitSolitude(Solo solo) {
      waiting = solo;
    }
  }

  private static final class Item extends WorkItem {
    Item(Delivery delivery) {
      super(delivery);
    }

    @Override
    public String pipeline() {
      return "orders";
    }
  }

  /** It ran alone once when its process ended. */
  private final class Suspected implements Delivery {
    private final TestMessage message = TestMessage.at(7);
    private boolean suspected = true;

    @Override
    public Message message() {
      return message;
    }

    @Override
    public Origin position() {
      return message.origin();
    }

    @Override
    public Partition partition() {
      return new Partition(message.origin().source(), 1);
    }

    @Override
    public int bytes() {
      return 1;
    }

    @Override
    public int deliveries() {
      return 1;
    }

    @Override
    public boolean suspected() {
      return suspected;
    }

    @Override
    public int deaths() {
      return 1;
    }

    @Override
    public Future<Boolean> countStart() {
      log.add("counted");
      return Future.succeededFuture(true);
    }

    @Override
    public boolean finishedBefore() {
      return false;
    }

    @Override
    public void settle() {
      throw new AssertionError("settling is the dispatcher's");
    }

    @Override
    public void release() {
      throw new AssertionError("releasing is the dispatcher's");
    }
  }
}
