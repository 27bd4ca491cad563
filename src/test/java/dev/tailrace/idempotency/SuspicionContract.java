package dev.tailrace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.Fence;
import java.util.List;
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
