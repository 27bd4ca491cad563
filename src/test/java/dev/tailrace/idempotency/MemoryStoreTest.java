package dev.tailrace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.Grade;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends SuspicionContract {
  private static final Duration HOUR = Duration.ofHours(1);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final MemoryStore store = new MemoryStore(loop, new MemoryLimits(1_000, HOUR));
  private int claims;

  @Override
  protected <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return simulation.await(loop.call(() -> operation.apply(store)));
  }

  @Override
  protected void pass(Duration time) {
    simulation.runFor(time);
  }

  @Test
  void itOffersGradeA() {
    assertThat(store.grade()).isEqualTo(Grade.A);
  }

  @Test
  void beyondItsLimitItForgetsWhatRestedLongest() {
    MemoryStore small = new MemoryStore(loop, new MemoryLimits(2, HOUR));
    finish(small, "a");
    finish(small, "b");
    finish(small, "c");
    assertThat(small.size()).isEqualTo(2);
    assertThat(small.dropped()).isEqualTo(1);
    assertThat(claim(small, "b")).extracting(MemoryStoreTest::kind).isEqualTo(Kind.DONE);
    assertThat(claim(small, "a")).extracting(MemoryStoreTest::kind).isEqualTo(Kind.WON);
  }

  @Test
  void aClaimThatIsHeldIsNeverForgottenForAnother() {
    MemoryStore small = new MemoryStore(loop, new MemoryLimits(1, HOUR));
    claim(small, "held");
    assertThat(claim(small, "other")).isInstanceOf(Reply.Failed.class);
    assertThat(claim(small, "held")).extracting(MemoryStoreTest::kind).isEqualTo(Kind.BUSY);
  }

  @Test
  void expiredRecordsTakeNoRoom() {
    for (int i = 0; i < 100; i++) {
      finish(store, "key-" + i);
    }
    pass(HOUR.plusSeconds(1));
    claim(store, "another");
    assertThat(store.size()).isEqualTo(1);
    assertThat(store.dropped()).isZero();
  }

  @Test
  void fencesGrowAlsoWhenTheWallClockJumpsBack() {
    long before = fence(claim(store, "a")).token();
    simulation.skewWall(Duration.ofDays(-1));
    assertThat(fence(claim(store, "b")).token()).isGreaterThan(before);
  }

  @Test
  void aLimitBelowOneIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new MemoryLimits(0, HOUR));
  }

  private void finish(MemoryStore in, String key) {
    Completion completion = new Completion(fence(claim(in, key)), false, HOUR);
    loop.call(() -> in.complete(List.of(completion)));
  }

  private Reply<ClaimAnswer> claim(MemoryStore in, String key) {
    ClaimRequest request = new ClaimRequest(key, "claim-" + ++claims, "owner", "hash", HOUR);
    return simulation.await(loop.call(() -> in.claim(List.of(request)))).get(0);
  }

  private static Kind kind(Reply<ClaimAnswer> reply) {
    return ((Reply.Ok<ClaimAnswer>) reply).value().kind();
  }

  private static Fence fence(Reply<ClaimAnswer> reply) {
    Fence fence = ((Reply.Ok<ClaimAnswer>) reply).value().fence();
    if (fence == null) {
      throw new AssertionError("not won: " + reply);
    }
    return fence;
  }
}
