package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A cooperative drain starts what is predicted to end before the tail, and nothing else. */
final class CooperativeDrainTest {
  private static final QuiescePlan TEN_SECONDS =
      QuiescePlan.cooperative(Duration.ofSeconds(10), Duration.ofSeconds(11));

  private final PoolFixture pool = new PoolFixture(Order.UNORDERED, 1, 1_000, 10);
  private Duration each = Duration.ofMillis(900);

  @Test
  void bufferedWorkStartsUntilTheNextOneWouldNotEndInTime() {
    knowing();
    pool.deliver(pool.assign("orders/1"), keys(20));

    Future<Quiesced> drained = pool.quiesce(Scope.all(), TEN_SECONDS);
    pool.world.runFor(Duration.ofSeconds(10));

    assertThat(drained.isComplete()).as("before the tail begins").isTrue();
    assertThat(drained.result().leftBehind()).isEmpty();
    assertThat(pool.settled).as("eleven fit, one after the other").hasSize(1 + 11);
    assertThat(pool.released).hasSize(9);
  }

  @Test
  void aMessageThatCannotFitIsNotStartedAtAll() {
    each = Duration.ofSeconds(12);
    knowing();
    pool.deliver(pool.assign("orders/1"), "", "");

    Future<Quiesced> drained = pool.quiesce(Scope.all(), TEN_SECONDS);
    pool.world.runFor(Duration.ofSeconds(10));

    assertThat(pool.released).as("the one that runs has begun before").hasSize(1);
    assertThat(drained.isComplete()).isFalse();
  }

  @Test
  void withoutAnyExperienceTheTimeoutIsWhatIsExpected() {
    pool.deliver(pool.assign("orders/1"), "", "", "");

    pool.quiesce(Scope.all(), TEN_SECONDS); // the time-out is an hour
    pool.world.runFor(Duration.ofMillis(1));

    assertThat(pool.released).containsExactly("orders/1@1", "orders/1@2");
  }

  @Test
  void messagesThatBecomeSlowerAreNoticedWhileItDrains() {
    knowing();
    pool.deliver(pool.assign("orders/1"), keys(20));
    each = Duration.ofSeconds(4);

    Future<Quiesced> drained = pool.quiesce(Scope.all(), TEN_SECONDS);
    pool.world.runFor(Duration.ofSeconds(10));

    assertThat(drained.isComplete()).isTrue();
    assertThat(pool.settled).as("0.9 s, then 4 s, and a third would end at 12.9 s").hasSize(1 + 3);
  }

  private static String[] keys(int count) {
    String[] none = new String[count];
    Arrays.fill(none, "");
    return none;
  }

  /** One message has shown how long they take. */
  private void knowing() {
    pool.work = () -> each;
    pool.deliver(pool.assign("orders/0"), "");
    pool.world.runFor(Duration.ofSeconds(60));
  }
}
