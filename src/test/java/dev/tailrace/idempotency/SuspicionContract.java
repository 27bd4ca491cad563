package dev.tailrace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every store promises of claims that end with their process, beside all else. */
public abstract class SuspicionContract extends IdempotencyStoreContract {
  @Test
  void aClaimWhoseLeaseRanOutIsTakenOverAndLeavesASuspicion() {
    Fence first = win(SHORT);

    ClaimAnswer second = takeOver(LONG);

    assertThat(second.suspicions()).isEqualTo(1);
    assertThat(second.attempts()).isZero();
    assertThat(fence(second).token()).isGreaterThan(first.token());
  }

  @Test
  void theNextClaimGoesOnWhereASnoozeSaid() {
    Fence first = win(LONG);
    assertThat(snooze(first, "page 7")).isTrue();
    ClaimRequest request = request(key, LONG);

    assertThat(claim(request).resume()).isEqualTo("page 7");
    assertThat(claim(request).resume()).as("asked again").isEqualTo("page 7");
    assertThat(claim(request("another", LONG)).resume()).as("of another key").isNull();
  }

  @Test
  void whereItGoesOnIsKeptOverFailuresAndEndsOfProcessesUntilAnotherSnooze() {
    snooze(win(LONG), "page 7");
    release(win(LONG), Why.FAILED);
    release(win(SHORT), Why.UNSTARTED);
    renew(win(SHORT));
    ClaimAnswer afterDeath = takeOver(SHORT);
    assertThat(afterDeath.resume()).isEqualTo("page 7");
    assertThat(afterDeath.attempts()).isEqualTo(1);
    markAlone(fence(afterDeath));
    ClaimAnswer afterAnother = takeOver(LONG);
    assertThat(afterAnother.resume()).isEqualTo("page 7");
    snooze(fence(afterAnother), "page 8");
    ClaimAnswer next = claim(request(key, LONG));
    assertThat(next.resume()).isEqualTo("page 8");

    snooze(fence(next), null);

    assertThat(claim(request(key, LONG)).resume()).as("from the beginning").isNull();
  }

  @Test
  void aSnoozeOfAClaimThatWasOvertakenChangesNothing() {
    Fence late = win(SHORT);
    Fence current = fence(takeOver(LONG));

    assertThat(snooze(late, "page 7")).isFalse();
    release(current, Why.FAILED);

    assertThat(claim(request(key, LONG)).resume()).isNull();
  }

  @Test
  void whereItGoesOnMayBeAnyTextOfAThousandBytes() {
    String text = "=\n\u0000\"é日" + "x".repeat(Outcome.Snooze.LONGEST_RESUME - 9);
    assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(Outcome.Snooze.LONGEST_RESUME);

    snooze(win(LONG), text);

    assertThat(claim(request(key, LONG)).resume()).isEqualTo(text);
  }

  private boolean snooze(Fence fence, @Nullable String resume) {
    List<ReleaseRequest> releases = List.of(ReleaseRequest.snoozed(fence, resume));
    return reply(call(store -> store.release(releases)));
  }

  @Test
  void suspicionsAddUpAndStayBesideAttempts() {
    win(SHORT);
    ClaimAnswer second = takeOver(LONG);
    release(fence(second), Why.FAILED);
    claim(request(key, SHORT));

    ClaimAnswer fourth = takeOver(LONG);

    assertThat(fourth.suspicions()).isEqualTo(2);
    assertThat(fourth.attempts()).isEqualTo(1);
  }

  @Test
  void theEndOfAClaimThatRanAloneIsAnAttemptAndNoSuspicion() {
    assertThat(markAlone(win(SHORT))).isTrue();
    ClaimAnswer second = takeOver(SHORT);
    assertThat(second.attempts()).isEqualTo(1);
    assertThat(second.suspicions()).isZero();

    ClaimAnswer third = takeOver(LONG);

    assertThat(third.attempts()).as("it ran beside others").isEqualTo(1);
    assertThat(third.suspicions()).isEqualTo(1);
  }

  @Test
  void aClaimThatRanAloneCountsItsFailureOnce() {
    Fence alone = win(SHORT);
    markAlone(alone);
    release(alone, Why.FAILED);

    ClaimAnswer next = takeOver(LONG);

    assertThat(next.attempts()).isEqualTo(1);
    assertThat(next.suspicions()).isZero();
  }

  @Test
  void aClaimThatWasNotStartedAloneAfterAllLeavesNoTrace() {
    Fence alone = win(LONG);
    markAlone(alone);
    release(alone, Why.UNSTARTED);
    win(SHORT);

    assertThat(takeOver(LONG).suspicions()).isEqualTo(1);
  }

  @Test
  void aRenewalOfAClaimThatRunsAloneDoesNotForgetThat() {
    Fence alone = win(SHORT);
    markAlone(alone);
    markAlone(alone);
    renew(alone);

    assertThat(takeOver(LONG).attempts()).isEqualTo(1);
  }

  @Test
  void whoWasOvertakenDoesNotRunAlone() {
    Fence late = win(SHORT);
    takeOver(SHORT);

    assertThat(markAlone(late)).isFalse();
    assertThat(takeOver(LONG).attempts()).isZero();
  }

  private boolean markAlone(Fence fence) {
    return reply(call(store -> store.markAlone(List.of(fence))));
  }
}
