package dev.tailrace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What every idempotency store promises. Each store's test extends this and says how its store is
 * called, and where its clock is a virtual one, how time passes; each test method finds an empty
 * store, or a namespace of its own.
 */
public abstract class IdempotencyStoreContract {
  /** Long enough never to run out within a test. */
  static final Duration LONG = Duration.ofMinutes(5);

  /** Short enough to be waited for. */
  static final Duration SHORT = Duration.ofSeconds(1);

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String HASH = "ab".repeat(32);
  private static final String OTHER_HASH = "cd".repeat(32);

  final String key = "key";
  private int claims;

  /**
   * Calls an operation of the open store under test on its loop and waits for the result. All calls
   * within a test reach the same records.
   */
  protected abstract <T> T call(Function<IdempotencyStore, Future<T>> operation);

  /** Lets time pass on the store's clock; here for real, which fits a store on another machine. */
  protected void pass(Duration time) {
    long begin = System.nanoTime();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> System.nanoTime() - begin > time.toNanos());
  }

  @Test
  void theFirstClaimOfAKeyWins() {
    ClaimRequest request = request(key, LONG);

    ClaimAnswer answer = claim(request);

    assertThat(answer.kind()).isEqualTo(Kind.WON);
    assertThat(answer.attempts()).isZero();
    assertThat(answer.suspicions()).isZero();
    assertThat(fence(answer).key()).isEqualTo(key);
    assertThat(fence(answer).claimId()).isEqualTo(request.claimId());
    assertThat(fence(answer).token()).isPositive();
  }

  @Test
  void theSameClaimGetsTheSameAnswerAndFenceAgain() {
    ClaimRequest request = request(key, LONG);

    assertThat(claim(request)).isEqualTo(claim(request));
  }

  @Test
  void anotherClaimIsBusyForTheRestOfTheLease() {
    win(LONG);

    ClaimAnswer answer = claim(request(key, LONG));

    assertThat(answer.kind()).isEqualTo(Kind.BUSY);
    assertThat(answer.fence()).isNull();
    assertThat(answer.remaining()).isPositive().isLessThanOrEqualTo(LONG);
  }

  @Test
  void aCompletedKeyIsDone() {
    assertThat(complete(win(LONG), false, LONG)).isTrue();

    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void aKeyThatEndedAsDeadLetterIsDead() {
    assertThat(complete(win(LONG), true, LONG)).isTrue();

    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.DEAD);
  }

  @Test
  void completingAgainUnderTheSameFenceIsTrueAndChangesNothing() {
    Fence fence = win(LONG);
    complete(fence, false, LONG);

    assertThat(complete(fence, false, LONG)).isTrue();
    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void anotherPayloadUnderTheSameKeyIsAMismatch() {
    Fence fence = win(LONG);
    ClaimRequest other = new ClaimRequest(key, nextClaim(), "owner", OTHER_HASH, LONG);

    assertThat(claim(other).kind()).isEqualTo(Kind.MISMATCH);
    complete(fence, false, LONG);
    assertThat(claim(other).kind()).isEqualTo(Kind.MISMATCH);
  }

  @Test
  void anUnstartedClaimGivenBackLeavesNoTraceButAGreaterFence() {
    Fence first = win(LONG);

    assertThat(release(first, Why.UNSTARTED)).isTrue();

    ClaimAnswer second = claim(request(key, LONG));
    assertThat(second.kind()).isEqualTo(Kind.WON);
    assertThat(second.attempts()).isZero();
    assertThat(second.suspicions()).isZero();
    assertThat(fence(second).token()).isGreaterThan(first.token());
  }

  @Test
  void aClaimThatWasGivenBackIsNotGrantedToALateCopyOfItself() {
    ClaimRequest request = request(key, LONG);
    Fence fence = fence(claim(request));
    release(fence, Why.FAILED);

    assertThat(claim(request).kind()).isEqualTo(Kind.BUSY);
    assertThat(release(fence, Why.FAILED)).as("the release repeated").isTrue();
    assertThat(claim(request(key, LONG)).attempts()).isEqualTo(1);
  }

  @Test
  void aReportedFailureCountsOneAttemptHoweverOftenItsReleaseIsRepeated() {
    Fence first = win(LONG);
    release(first, Why.FAILED);
    release(first, Why.FAILED);
    ClaimAnswer second = claim(request(key, LONG));
    assertThat(second.attempts()).isEqualTo(1);

    release(fence(second), Why.FAILED);

    assertThat(claim(request(key, LONG)).attempts()).isEqualTo(2);
  }

  @Test
  void aFailureCountsOnceThoughALateCopyOfItsClaimIsGrantedBeforeItsReleaseIsRepeated() {
    ClaimRequest request = request(key, LONG);
    Fence first = fence(claim(request));
    release(first, Why.FAILED);
    release(win(LONG), Why.FAILED);
    assertThat(fence(claim(request)).token()).isGreaterThan(first.token());

    assertThat(release(first, Why.FAILED)).as("ends what nobody works under").isTrue();

    assertThat(claim(request(key, LONG)).attempts()).isEqualTo(2);
  }

  @Test
  void aSnoozeCountsNoAttempt() {
    release(win(LONG), Why.SNOOZED);

    assertThat(claim(request(key, LONG)).attempts()).isZero();
  }

  @Test
  void theClaimOfAnotherCannotBeGivenBack() {
    win(LONG);

    assertThat(release(new Fence(key, nextClaim(), 1), Why.FAILED)).isFalse();
    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.BUSY);
  }

  @Test
  void aHolderThatWasOvertakenChangesNothing() {
    Fence late = win(SHORT);
    Fence current = fence(takeOver(LONG));

    assertThat(complete(late, false, LONG)).isFalse();
    assertThat(complete(late, true, LONG)).isFalse();
    assertThat(renew(late)).isFalse();
    assertThat(release(late, Why.FAILED)).isFalse();

    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.BUSY);
    assertThat(complete(current, false, LONG)).isTrue();
    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void aFinishAfterTheLeaseIsTheTruthWhileNobodyElseHasClaimed() {
    Fence fence = win(SHORT);
    passLease();

    assertThat(complete(fence, false, LONG)).isTrue();
    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void aFinishOfAKeyThatTheStoreDoesNotKnowIsRemembered() {
    Fence lost = new Fence(key, nextClaim(), 1);

    assertThat(complete(lost, false, LONG)).isTrue();
    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void aRenewedClaimOutlivesItsLease() {
    Fence fence = win(SHORT);

    for (int i = 0; i < 8; i++) {
      pass(SHORT.dividedBy(5));
      assertThat(renew(fence)).isTrue();
      assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.BUSY);
    }
  }

  @Test
  void aLeaseThatRanOutIsRenewedWhileNobodyElseHasClaimed() {
    Fence fence = win(SHORT);
    passLease();

    assertThat(renew(fence)).isTrue();
    assertThat(claim(request(key, LONG)).kind()).isEqualTo(Kind.BUSY);
  }

  @Test
  void aFinishedKeyIsNotRenewed() {
    Fence fence = win(LONG);
    complete(fence, false, LONG);

    assertThat(renew(fence)).isFalse();
  }

  @Test
  void aReleasedClaimIsNotRenewed() {
    Fence fence = win(LONG);
    release(fence, Why.UNSTARTED);

    assertThat(renew(fence)).isFalse();
  }

  @Test
  void aRecordEndsWithItsRetentionAndTheFenceGrowsAllTheSame() {
    Fence first = win(LONG);
    complete(first, false, SHORT);

    ClaimAnswer next = takeOver(LONG);

    assertThat(next.suspicions()).isZero();
    assertThat(fence(next).token()).isGreaterThan(first.token());
  }

  @Test
  void listsAreAnsweredInTheirOrder() {
    ClaimRequest done = request(key + "-done", LONG);
    complete(fence(claim(done)), false, LONG);
    ClaimRequest fresh = request(key + "-fresh", LONG);
    ClaimRequest sameAgain = request(key + "-fresh", LONG);

    List<Reply<ClaimAnswer>> answers =
        call(
            store ->
                store.claim(
                    List.of(request(key + "-done", LONG), fresh, sameAgain, request(key, LONG))));

    assertThat(answers)
        .extracting(answer -> reply(List.of(answer)).kind())
        .containsExactly(Kind.DONE, Kind.WON, Kind.BUSY, Kind.WON);
  }

  @Test
  void emptyListsAreAnsweredWithEmptyLists() {
    assertEmpty(call(store -> store.claim(List.of())));
    assertEmpty(call(store -> store.complete(List.of())));
    assertEmpty(call(store -> store.renew(List.of())));
    assertEmpty(call(store -> store.release(List.of())));
  }

  @Test
  void keysThatDifferAnyhowAreDifferentKeys() {
    for (String other : List.of(key, key + " ", key + ":", key + "|x", key + "ü", key + "\n")) {
      assertThat(claim(request(other, LONG)).kind()).as(other).isEqualTo(Kind.WON);
    }
  }

  private static void assertEmpty(List<?> replies) {
    assertThat(replies).isEmpty();
  }

  Fence win(Duration lease) {
    return fence(claim(request(key, lease)));
  }

  /** Another claim, after a lease or a retention of {@link #SHORT} has passed. */
  ClaimAnswer takeOver(Duration lease) {
    passLease();
    ClaimAnswer answer = claim(request(key, lease));
    assertThat(answer.kind()).isEqualTo(Kind.WON);
    return answer;
  }

  private void passLease() {
    pass(SHORT.plusMillis(50));
  }

  ClaimRequest request(String of, Duration lease) {
    return new ClaimRequest(of, nextClaim(), "owner#1", HASH, lease);
  }

  private String nextClaim() {
    return "claim-" + ++claims;
  }

  ClaimAnswer claim(ClaimRequest request) {
    return reply(call(store -> store.claim(List.of(request))));
  }

  private boolean complete(Fence fence, boolean dead, Duration retention) {
    return reply(call(store -> store.complete(List.of(new Completion(fence, dead, retention)))));
  }

  boolean renew(Fence fence) {
    return reply(call(store -> store.renew(List.of(fence))));
  }

  boolean release(Fence fence, Why why) {
    List<ReleaseRequest> releases = List.of(ReleaseRequest.of(fence, why));
    return reply(call(store -> store.release(releases)));
  }

  static <R> R reply(List<Reply<R>> replies) {
    assertThat(replies).hasSize(1);
    if (replies.get(0) instanceof Reply.Ok<R> ok) {
      return ok.value();
    }
    throw new AssertionError("not ok: " + replies.get(0));
  }

  static Fence fence(ClaimAnswer answer) {
    Fence fence = answer.fence();
    if (fence == null) {
      throw new AssertionError("not won: " + answer);
    }
    return fence;
  }
}
