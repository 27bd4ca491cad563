package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Order;
import dev.tailrace.dispatch.QuiescePlan;
import dev.tailrace.dispatch.Quiesced;
import dev.tailrace.dispatch.Scope;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Three scenarios over a thousand seeds each; a failure names its seed. */
class CoreSimulationTest {
  private static final int SEEDS = 1_000;

  @Test
  void orderHoldsUnderRetriesAndRebalances() {
    AtomicInteger retried = new AtomicInteger();
    AtomicInteger moved = new AtomicInteger();
    for (long seed = 1; seed <= SEEDS; seed++) {
      new OrderScenario(seed, retried, moved).run();
    }
    assertThat(retried.get()).as("retries over all seeds").isGreaterThan(SEEDS);
    assertThat(moved.get()).as("partitions moved over all seeds").isGreaterThan(SEEDS);
  }

  @Test
  void boundsHoldWhileSomeHandlersNeverEnd() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      boundsHold(seed);
    }
  }

  @Test
  void aDrainLeavesNothingUncounted() {
    AtomicInteger abandoned = new AtomicInteger();
    AtomicInteger released = new AtomicInteger();
    for (long seed = 1; seed <= SEEDS; seed++) {
      drainIsTrue(seed, abandoned, released);
    }
    assertThat(abandoned.get()).as("abandoned over all seeds").isPositive();
    assertThat(released.get()).as("released over all seeds").isPositive();
  }

  /** Two members between which partitions move, handlers that fail and snooze. */
  private static final class OrderScenario {
    private final Simulation world;
    private final Choices choices;
    private final Order order;
    private final SimulatedBroker broker;
    private final Witness witness;
    private final List<SimulatedConsumer> members = new ArrayList<>();
    private final AtomicInteger retried;
    private final AtomicInteger moved;
    private int epoch;

    OrderScenario(long seed, AtomicInteger retried, AtomicInteger moved) {
      this.world = Simulation.seeded(seed);
      this.choices = world.choices();
      this.retried = retried;
      this.moved = moved;
      this.order = anyOrder(choices);
      this.broker = new SimulatedBroker(choices, 3, 15 + choices.pick(20), 1 + choices.pick(6));
      this.witness = new Witness(order);
      for (int i = 0; i < 2; i++) {
        SimulatedLoop loop = world.loop("member-" + i);
        members.add(
            new SimulatedConsumer(loop, broker, choices, config(choices, order), handler(loop)));
      }
    }

    void run() {
      List<Partition> all =
          broker.logs.keySet().stream().map(source -> new Partition(source, ++epoch)).toList();
      members.get(0).loop.turn(() -> members.get(0).source.assign(all));
      List<Partition> owned = new ArrayList<>(all);
      int owner = 0;
      for (int round = 0; round < 4; round++) {
        world.runFor(Duration.ofNanos(choices.pick(30_000_000)));
        members.forEach(SimulatedConsumer::checkBounds);
        owner = move(owned, owner);
      }
      world.run();
      members.forEach(SimulatedConsumer::checkBounds);
      members.forEach(member -> member.loop.turn(member.source::commitAll));
      assertThat(broker.isFinished()).as(world.where() + ": all finished").isTrue();
      int total = broker.logs.values().stream().mapToInt(List::size).sum();
      assertThat(witness.done()).as(world.where()).isEqualTo(total);
    }

    private int move(List<Partition> owned, int owner) {
      SimulatedConsumer from = members.get(owner);
      SimulatedConsumer to = members.get(1 - owner);
      List<Partition> going = List.copyOf(owned);
      Future<Void> gone = from.loop.call(() -> from.source.revoke(going, Duration.ofSeconds(8)));
      world.await(gone);
      moved.addAndGet(going.size());
      owned.replaceAll(partition -> new Partition(partition.source(), ++epoch));
      to.loop.turn(() -> to.source.assign(List.copyOf(owned)));
      return 1 - owner;
    }

    private MessageHandler handler(SimulatedLoop loop) {
      return (message, context) -> {
        witness.starts(message);
        return later(loop, choices).map(slept -> decide(message));
      };
    }

    private Outcome decide(Message message) {
      int dice = choices.pick(10);
      boolean done = dice > 2 || witness.failures(message) > 3;
      witness.ends(message, done);
      if (done) {
        return Outcome.done();
      }
      retried.incrementAndGet();
      if (dice == 0) {
        throw new IllegalStateException("by the dice");
      }
      return dice == 1
          ? Outcome.retry("by the dice")
          : Outcome.snooze(Duration.ofMillis(choices.pick(20)));
    }
  }

  private static void boundsHold(long seed) {
    Simulation world = Simulation.seeded(seed);
    Choices choices = world.choices();
    Order order = anyOrder(choices);
    SimulatedBroker broker = new SimulatedBroker(choices, 4, 60, 20);
    SimulatedLoop loop = world.loop("member");
    MessageHandler handler =
        (message, context) -> {
          if (isHeavy(message)) {
            return Promise.<Outcome>promise().future();
          }
          return choices.pick(3) == 0
              ? Future.succeededFuture(Outcome.retry("by the dice"))
              : later(loop, choices).map(slept -> Outcome.done());
        };
    SimulatedConsumer member =
        new SimulatedConsumer(loop, broker, choices, config(choices, order), handler);
    List<Partition> all =
        broker.logs.keySet().stream().map(source -> new Partition(source, 1)).toList();
    loop.turn(() -> member.source.assign(all));
    for (int i = 0; i < 400 && world.step(); i++) {
      member.checkBounds();
    }
  }

  private static boolean isHeavy(Message message) {
    return message.origin().major() % 10 == 3;
  }

  private static void drainIsTrue(long seed, AtomicInteger abandoned, AtomicInteger released) {
    Simulation world = Simulation.seeded(seed);
    Choices choices = world.choices();
    Order order = anyOrder(choices);
    SimulatedBroker broker = new SimulatedBroker(choices, 3, 40, 10);
    SimulatedLoop loop = world.loop("member");
    List<Message> done = new ArrayList<>();
    MessageHandler handler =
        (message, context) ->
            isHeavy(message) && choices.pick(4) == 0
                ? untilCancelled(context, choices)
                : later(loop, choices)
                    .map(
                        slept -> {
                          if (choices.pick(5) == 0) {
                            return Outcome.retry("by the dice");
                          }
                          done.add(message);
                          return Outcome.done();
                        });
    SimulatedConsumer member =
        new SimulatedConsumer(loop, broker, choices, config(choices, order), handler);
    List<Partition> all =
        broker.logs.keySet().stream().map(source -> new Partition(source, 1)).toList();
    loop.turn(() -> member.source.assign(all));
    world.runFor(Duration.ofMillis(choices.pick(60)));
    MessageCounts before = member.counts();
    Future<Quiesced> rest = loop.call(() -> quiesce(member, choices));
    Quiesced quiesced = world.await(rest);
    loop.turn(member.source::commitAll);

    MessageCounts after = member.counts();
    assertThat(after.inFlight()).as(world.where()).isZero();
    assertThat(after.received()).as("nothing received").isEqualTo(before.received());
    assertThat(after.received())
        .isEqualTo(after.finishedTotal() + after.released() + after.abandoned());
    assertThat(quiesced.leftBehind()).hasSize((int) after.abandoned());
    assertThat(done).as("what is finished was done").containsAll(member.settled);
    assertThat(done.size() - member.settled.size())
        .as("done and not finished: only what was abandoned between the two")
        .isBetween(0, (int) after.abandoned());
    abandoned.addAndGet((int) after.abandoned());
    released.addAndGet((int) after.released());
    checkMarks(broker, member.settled);
  }

  private static Future<Quiesced> quiesce(SimulatedConsumer member, Choices choices) {
    Duration start = Duration.ofMillis(choices.pick(20));
    Duration cancel = start.plusMillis(choices.pick(20));
    Duration leave = cancel.plusMillis(choices.pick(20));
    QuiescePlan plan = QuiescePlan.drain(start, cancel, leave);
    if (choices.pick(4) > 0) {
      return member.dispatcher.quiesce(Scope.all(), plan);
    }
    member.dispatcher.quiesce(Scope.all(), plan);
    return member.dispatcher.quiesce(Scope.all(), QuiescePlan.immediate(Duration.ZERO));
  }

  /** The committed position is the lowest that is not finished. */
  private static void checkMarks(SimulatedBroker broker, Set<Message> finished) {
    broker.logs.forEach(
        (source, log) -> {
          long lowest =
              log.stream()
                  .filter(message -> !finished.contains(message))
                  .mapToLong(message -> message.origin().major())
                  .min()
                  .orElse(log.size());
          assertThat(broker.committed.get(source))
              .extracting(position -> position.offset())
              .as(source)
              .isEqualTo(lowest);
        });
  }

  private static Future<Outcome> untilCancelled(MessageContext context, Choices choices) {
    return choices.pick(2) == 0
        ? Promise.<Outcome>promise().future()
        : context
            .cancellation()
            .compose(reason -> Future.failedFuture(new IllegalStateException("cancelled")));
  }

  private static Future<Void> later(SimulatedLoop loop, Choices choices) {
    if (choices.pick(3) == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> slept = Promise.promise();
    loop.after(Duration.ofNanos(choices.pick(5_000_000)), slept::complete);
    return slept.future();
  }

  private static Order anyOrder(Choices choices) {
    return List.of(Order.KEY, Order.PARTITION, Order.UNORDERED).get(choices.pick(3));
  }

  private static DispatchConfig config(Choices choices, Order order) {
    return new DispatchConfig(
        "orders",
        order,
        1 + choices.pick(6),
        8 + choices.pick(24),
        200 + choices.pick(800),
        1 + choices.pick(8));
  }
}
