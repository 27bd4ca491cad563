package dev.tailrace.processing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.message.TestMessage;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.TestDelivery;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What counts as an outage. */
class BreakerTest {
  private static final BreakerPolicy HALF_OF_FOUR =
      new BreakerPolicy(50, 4, 8, Duration.ofMinutes(1));

  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("consumer");
  private Breaker breaker = new Breaker(loop, HALF_OF_FOUR);
  private int next;

  @Test
  void halfOfTheMessagesFailingIsAnOutage() {
    succeed("a");
    succeed("b");
    assertThat(fail("c")).isFalse();
    assertThat(fail("d")).as("the failure that says so is the outage's already").isTrue();

    assertThat(breaker.isOpen()).isTrue();
    assertThat(breaker.inWords()).isEqualTo("2 of the last 4 messages failed");
  }

  @Test
  void fewerThanTheLeastAreNoOutage() {
    assertThat(fail("a")).isFalse();
    assertThat(fail("b")).isFalse();
    assertThat(fail("c")).isFalse();

    assertThat(breaker.isOpen()).isFalse();
  }

  @Test
  void oneKeyCountsOnceHoweverOftenItsMessagesFail() {
    for (int i = 0; i < 20; i++) {
      fail("a");
    }
    succeed("b");
    succeed("c");
    succeed("d");
    fail("a");

    assertThat(breaker.isOpen()).isFalse();
  }

  @Test
  void oneMessageCountsOnceHoweverOftenItFails() {
    succeed("a");
    succeed("b");
    succeed("c");
    Item item = new Item("d");
    for (int i = 0; i < 20; i++) {
      assertThat(loop.<Boolean>call(() -> breaker.failed(item, false))).isFalse();
    }
  }

  @Test
  void whoFailedWhileOthersDidNotSaysNothingUntilItSucceeds() {
    fail("bad-1");
    succeed("a");
    fail("bad-2");
    for (int i = 0; i < 8; i++) {
      succeed("good-" + i);
    }
    world.runFor(Duration.ofMinutes(2)); // all that was known of the good ones is old

    for (int i = 0; i < 10; i++) {
      assertThat(fail("bad-1")).isFalse();
      assertThat(fail("bad-2")).isFalse();
    }
    succeed("bad-1");
    fail("bad-1");
    fail("new-1");
    assertThat(fail("new-2")).as("2 + 1 of 4").isTrue();
  }

  @Test
  void whatIsOldDoesNotCount() {
    fail("a");
    fail("b");
    fail("c");
    world.runFor(Duration.ofSeconds(61));

    assertThat(fail("d")).isFalse();
  }

  @Test
  void aLastAttemptIsHeldBackWhereFiveInARowFailedAndNoneSucceededSinceItsFirst() {
    breaker = new Breaker(loop, new BreakerPolicy(50, 100, 100, Duration.ofMinutes(1)));
    succeed("a");
    Item item = new Item("b");
    item.begin(1);
    assertThat(failed(item, false)).isFalse();
    fail("c");
    fail("d");
    fail("e");
    assertThat(failed(item, true)).as("four in a row").isFalse();
    fail("f");

    assertThat(failed(item, true)).isTrue();
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void aLastAttemptIsTheLastWhereSomethingSucceededSinceItsFirst() {
    breaker = new Breaker(loop, new BreakerPolicy(50, 100, 100, Duration.ofMinutes(1)));
    Item item = new Item("b");
    item.begin(1);
    failed(item, false);
    world.runFor(Duration.ofMillis(1));
    succeed("a");
    for (int i = 0; i < 10; i++) {
      fail("c" + i);
    }

    assertThat(failed(item, true)).isFalse();
  }

  @Test
  void anOpenOneTakesAllFailuresUntilItIsClosedAndThenCountsAnew() {
    for (int i = 0; i < 4; i++) {
      fail("a" + i);
    }
    assertThat(fail("b")).isTrue();

    breaker.close();

    assertThat(fail("a0")).isFalse();
    assertThat(fail("a1")).isFalse();
    assertThat(fail("a2")).isFalse();
    assertThat(fail("a3")).as("what failed in the outage is not known for it").isTrue();
  }

  @Test
  void withoutAShareNothingIsAnOutage() {
    breaker = new Breaker(loop, BreakerPolicy.OFF);
    for (int i = 0; i < 200; i++) {
      assertThat(fail("a" + i)).isFalse();
    }
  }

  @Test
  void sharesAndNumbersOutOfRangeAreRefused() {
    Duration minute = Duration.ofMinutes(1);
    assertThatThrownBy(() -> BreakerPolicy.DEFAULT.withPercent(101))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BreakerPolicy(50, 5, 4, minute))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BreakerPolicy(50, 0, 4, minute))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BreakerPolicy(50, 1, 4, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void succeed(String key) {
    world.runFor(Duration.ofMillis(1));
    loop.turn(() -> breaker.succeeded(new Item(key), loop.nanos()));
  }

  private boolean fail(String key) {
    world.runFor(Duration.ofMillis(1));
    return failed(new Item(key), false);
  }

  private boolean failed(Item item, boolean last) {
    return loop.call(() -> breaker.failed(item, last));
  }

  private final class Item extends WorkItem {
    private final String key;

    Item(String key) {
      super(TestDelivery.of(TestMessage.at(next++)));
      this.key = key;
    }

    @Override
    public String pipeline() {
      return "orders";
    }

    @Override
    protected Object voter() {
      return key;
    }
  }
}
