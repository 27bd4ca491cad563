package dev.tailrace.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.KeyRule.OnMissing;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.idempotency.PayloadHash;
import dev.tailrace.idempotency.ScriptedStore;
import dev.tailrace.message.Outcome;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.Crew;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Each message of a batch has a claim of its own, and leaves the batch without it. */
class BatchClaimsTest {
  private static final Duration LEASE = Duration.ofSeconds(9);
  private static final Duration WAIT = Duration.ofSeconds(30); // longer than a lease
  private static final BatchLimits OF_TWO = new BatchLimits(2, 1_000, WAIT);

  private final AtomicReference<ScriptedStore> made = new AtomicReference<>();
  private final PoolFixture pool = new PoolFixture(Order.UNORDERED, 10, OF_TWO, this::claims);
  private final Partition orders = pool.assign("orders/0");
  private final ScriptedStore store = Objects.requireNonNull(made.get());

  private Crew.Claiming claims(PoolFixture of) {
    ScriptedStore scripted = new ScriptedStore(new MemoryStore(of.loop, MemoryLimits.DEFAULT));
    made.set(scripted);
    ClaimConfig config =
        ClaimConfig.of("worker-1", LEASE, Duration.ofDays(1), WhenUnavailable.PAUSE);
    KeyRule rule = KeyRule.parse("record-key", OnMissing.DEAD_LETTER);
    return new Crew.Claiming(rule, new ClaimClient(of.loop, scripted, config), false);
  }

  @Test
  void whoIsFinishedAlreadyTakesNoPlaceInABatch() {
    deliver("a", "b");
    end("orders/0@0", "orders/0@1");

    deliver("c", "a", "d");

    assertThat(pool.batches).containsOnlyKeys(List.of("orders/0@2", "orders/0@4"));
    assertThat(pool.events).contains("skipped orders/0@3");
  }

  @Test
  void theClaimOfAMessageThatLeavesItsBatchIsGivenBack() {
    deliver("a");
    pool.loop.turn(() -> pool.dispatcher.lost(List.of(orders)));
    pool.world.runFor(Duration.ofMillis(100));
    assertThat(pool.released).containsExactly("orders/0@0");

    Partition others = pool.assign("orders/1");
    pool.deliver(others, "a", "b");
    pool.world.runFor(Duration.ofMillis(100)); // much less than a lease

    assertThat(pool.batches).containsOnlyKeys(List.of("orders/1@1", "orders/1@2"));
    assertThat(Objects.requireNonNull(pool.contexts.get("orders/1@1")).attempt()).isEqualTo(1);
  }

  @Test
  void whoLosesItsClaimWhileItsBatchFillsLeavesItAndClaimsAnew() {
    deliver("a");
    store.replace(new MemoryStore(pool.loop, MemoryLimits.DEFAULT)); // which knows of no claim
    store.forgetCalls();

    pool.world.runFor(LEASE);
    assertThat(store.calls()).contains("claim 1");
    assertThat(pool.batches).isEmpty();
    deliver("b");

    assertThat(pool.batches).hasSize(1);
    assertThat(pool.batches.keySet().iterator().next())
        .containsExactlyInAnyOrder("orders/0@0", "orders/0@1");
  }

  @Test
  void aMessageThatMayHaveEndedItsProcessRunsAsABatchOfOne() {
    Delivery suspect = pool.delivery(orders, "a");
    claimAndDie(suspect);
    claimAndDie(suspect);

    pool.deliver(List.of(suspect, pool.delivery(orders, "b"), pool.delivery(orders, "c")));
    pool.world.runFor(Duration.ofMillis(100));

    assertThat(pool.batches).containsOnlyKeys(List.of("orders/0@0"));
    end("orders/0@0");
    pool.world.runFor(Duration.ofSeconds(2)); // those that had to wait come again
    assertThat(pool.batches).hasSize(1);
    assertThat(pool.batches.keySet().iterator().next())
        .containsExactlyInAnyOrder("orders/0@1", "orders/0@2");
  }

  /** Another process claims its key, and ends without a word. */
  private void claimAndDie(Delivery message) {
    ClaimRequest request =
        new ClaimRequest(
            String.valueOf(message.message().key()),
            "dead-" + pool.world.nanos(),
            "dead",
            PayloadHash.of(message.message().body()),
            LEASE);
    pool.loop.turn(() -> store.claim(List.of(request)));
    pool.world.runFor(LEASE.plusSeconds(1));
  }

  private void deliver(String... keys) {
    pool.deliver(orders, keys);
    pool.world.runFor(Duration.ofMillis(100));
  }

  private void end(String... batch) {
    Objects.requireNonNull(pool.batches.remove(List.of(batch)), () -> "runs: " + pool.batches)
        .complete(Collections.nCopies(batch.length, Outcome.done()));
    pool.world.runFor(Duration.ofMillis(100));
  }
}
