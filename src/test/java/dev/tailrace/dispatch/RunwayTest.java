package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Outcome;
import dev.tailrace.source.Partition;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunwayTest {
  private static final int MANY = 1_000;

  @Test
  void whatEndsInOneTurnFreesItsPermitsBeforeAnyStartsInItsPlace() {
    PoolFixture pool = running(Order.UNORDERED, 2, "a", "b", "c", "d");

    endAllInOneTurn(pool);

    assertThat(pool.events)
        .containsExactly(
            "done orders/0@0", "done orders/0@1", "started orders/0@2", "started orders/0@3");
  }

  @Test
  void theNextOfAKeyStartsInTheTurnInWhichTheOneBeforeItHasEnded() {
    PoolFixture pool = running(Order.KEY, 4, "a", "a", "b");

    endAllInOneTurn(pool);

    assertThat(pool.events)
        .containsExactly("done orders/0@0", "done orders/0@2", "started orders/0@1");
  }

  @Test
  void aHandlerThatEndsOnAnotherThreadLandsToo() throws InterruptedException {
    PoolFixture pool = new PoolFixture(Order.KEY, 4, 100, 10);
    pool.deliver(pool.assign("orders/0"), "a");
    Promise<Outcome> running = Objects.requireNonNull(pool.running.get("orders/0@0"));
    Thread elsewhere = new Thread(() -> running.complete(Outcome.done()));
    elsewhere.start();
    elsewhere.join();

    assertThat(pool.settled).as("not on that thread").isEmpty();
    pool.world.runFor(Duration.ofMillis(1));

    assertThat(pool.settled).containsExactly("orders/0@0");
  }

  @Test
  void whatTakesThePlacesInAFullPoolStartsTogether() {
    PoolFixture pool = running(Order.UNORDERED, 2, "a", "b", "c", "d");

    endOneAfterTheOther(pool, 2);

    assertThat(pool.events)
        .containsExactly(
            "done orders/0@0", "done orders/0@1", "started orders/0@2", "started orders/0@3");
  }

  @Test
  void theNextOfAKeyWaitsForNobodyWhereThereAreFreePlaces() {
    PoolFixture pool = running(Order.KEY, 4, "a", "a", "b");

    endOneAfterTheOther(pool, 2);

    assertThat(pool.events)
        .containsExactly("done orders/0@0", "started orders/0@1", "done orders/0@2");
  }

  @Test
  void placesDoNotStayFreeForAsLongAsOthersEnd() {
    PoolFixture pool = running(Order.UNORDERED, 20, keys(40));

    endOneAfterTheOther(pool, 20);

    assertThat(pool.events.subList(0, 20)).anyMatch(event -> event.startsWith("started"));
  }

  @Test
  void moreThanATurnsWorthGoesOnInTheNext() {
    PoolFixture pool = new PoolFixture(Order.UNORDERED, MANY, 2 * MANY, 10);
    Partition orders = pool.assign("orders/0");
    pool.deliver(orders, keys(MANY));
    assertThat(pool.running).hasSize(MANY);

    endAllInOneTurn(pool);

    assertThat(pool.settled).hasSize(MANY);
  }

  /** With as many of them running as may, and nothing told of it. */
  private static PoolFixture running(Order order, int permits, String... keys) {
    PoolFixture pool = new PoolFixture(order, permits, 100, 10);
    pool.deliver(pool.assign("orders/0"), keys);
    pool.events.clear();
    return pool;
  }

  private static void endAllInOneTurn(PoolFixture pool) {
    List<Promise<Outcome>> ending = new ArrayList<>(pool.running.values());
    pool.running.clear();
    pool.loop.turn(() -> ending.forEach(one -> one.complete(Outcome.done())));
    pool.world.runFor(Duration.ofMillis(1));
  }

  /** Each in a turn of its own, before it is seen that the one before it has ended. */
  private static void endOneAfterTheOther(PoolFixture pool, int count) {
    ArrayDeque<Promise<Outcome>> ending = new ArrayDeque<>(pool.running.values());
    pool.running.clear();
    pool.loop.turn(() -> endNext(pool, ending, count));
    pool.world.runFor(Duration.ofMillis(1));
  }

  private static void endNext(PoolFixture pool, ArrayDeque<Promise<Outcome>> ending, int count) {
    ending.remove().complete(Outcome.done());
    if (count > 1) {
      pool.loop.execute(() -> endNext(pool, ending, count - 1));
    }
  }

  private static String[] keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "k" + i).toArray(String[]::new);
  }
}
