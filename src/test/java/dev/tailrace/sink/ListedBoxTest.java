package dev.tailrace.sink;

import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The box that the test of replays relies on keeps the contract too. */
class ListedBoxTest extends DeadLetterBoxContract {
  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("command");
  private final List<DeadLetter> letters = new ArrayList<>();
  private final Map<String, ListedBox.Mark> marks = new HashMap<>();

  @Override
  protected DeadLetterBox make() {
    return new ListedBox(letters, marks);
  }

  @Override
  protected <T> T call(Supplier<Future<T>> turn) {
    return simulation.await(loop.call(turn));
  }

  @Override
  protected void put(List<OutgoingMessage> messages) {
    for (OutgoingMessage one : messages) {
      letters.add(
          new DeadLetter(
              new TestMessage(
                  Origin.offset("list/0", letters.size()),
                  one.key(),
                  one.body(),
                  one.headers(),
                  Instant.ofEpochMilli(System.currentTimeMillis()))));
    }
  }
}
