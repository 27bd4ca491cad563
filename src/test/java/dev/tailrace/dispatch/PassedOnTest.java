package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Message;
import dev.tailrace.message.Outcome;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Messages that may have passed to another process while this one stood still. */
class PassedOnTest {
  private final PoolFixture pool = new PoolFixture(Order.KEY, 2, 100, 10);
  private final Partition orders = pool.assign("orders/0");
  private final AtomicBoolean ours = new AtomicBoolean(true);

  @Test
  void noneOfThemStartsAndTheirKeysWaitUntilItIsKnownThatTheyAreOurs() {
    pool.deliver(List.of(delivery("a"), delivery("a"), delivery("a"), delivery("b")));
    assertThat(pool.running).containsOnlyKeys("orders/0@0", "orders/0@3");

    ours.set(false);
    pool.end("orders/0@0", Outcome.done());
    pool.world.runFor(Duration.ofSeconds(3));
    assertThat(pool.running).containsOnlyKeys("orders/0@3");

    ours.set(true);
    pool.world.runFor(Duration.ofSeconds(1));
    assertThat(pool.running).containsOnlyKeys("orders/0@3", "orders/0@1");
    pool.end("orders/0@1", Outcome.done());
    assertThat(pool.running).containsOnlyKeys("orders/0@3", "orders/0@2");
  }

  @Test
  void theyGoBackUnstartedWhenItIsKnownThatTheyAreNot() {
    pool.deliver(List.of(delivery("a"), delivery("a")));
    ours.set(false);
    pool.end("orders/0@0", Outcome.done());

    pool.loop.turn(() -> pool.dispatcher.lost(List.of(orders)));
    pool.world.runFor(Duration.ofSeconds(3));

    assertThat(pool.running).isEmpty();
    assertThat(pool.released).containsExactly("orders/0@1");
  }

  @Test
  void aRetryOfThemDoesNotStartEither() {
    pool.deliver(List.of(delivery("a")));
    pool.end("orders/0@0", Outcome.retry("later", Duration.ofSeconds(1)));
    ours.set(false);

    pool.world.runFor(Duration.ofSeconds(5));

    assertThat(pool.running).isEmpty();
    assertThat(pool.settled).isEmpty();
    ours.set(true);
    pool.world.runFor(Duration.ofSeconds(1));
    assertThat(pool.running).containsOnlyKeys("orders/0@0");
  }

  private Delivery delivery(String key) {
    return new Held(pool.delivery(orders, key), ours);
  }

  /** A delivery of a source that knows by the clock whether it is ours. */
  private record Held(Delivery delivery, AtomicBoolean ours) implements Delivery {
    @Override
    public Message message() {
      return delivery.message();
    }

    @Override
    public Partition partition() {
      return delivery.partition();
    }

    @Override
    public int bytes() {
      return delivery.bytes();
    }

    @Override
    public int deliveries() {
      return delivery.deliveries();
    }

    @Override
    public boolean mayStart() {
      return ours.get();
    }

    @Override
    public boolean finishedBefore() {
      return delivery.finishedBefore();
    }

    @Override
    public void settle() {
      delivery.settle();
    }

    @Override
    public void release() {
      delivery.release();
    }
  }
}
