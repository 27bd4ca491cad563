package dev.tailrace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ClaimClientTest extends ClaimScene {
  private final ClaimClient client = client("worker-1#1", WhenUnavailable.PAUSE);
  private final ClaimClient other = client("worker-2#1", WhenUnavailable.PAUSE);
  private final List<Boolean> availability = new ArrayList<>();

  @Test
  void aKeyIsWonWorkedOnAndDone() {
    Fence fence = win(client, "a");
    assertThat(client.held()).isEqualTo(1);
    assertThat(await(loop.call(() -> client.complete(fence, false)))).isEqualTo(Reply.ok(true));
    assertThat(client.held()).isZero();
    assertThat(kind(claim(other, "a"))).isEqualTo(Kind.DONE);
    assertThat(client.marks()).isEqualTo(new Tally(1, 0, 0));
  }

  @Test
  void whatDiedIsDead() {
    Fence fence = win(client, "a");
    await(loop.call(() -> client.complete(fence, true)));
    assertThat(kind(claim(client, "a"))).isEqualTo(Kind.DEAD);
  }

  @Test
  void claimsMarksAndReleasesOfOneTurnAreOneRequestEach() {
    List<Fence> fences = new ArrayList<>();
    loop.turn(
        () -> {
          for (int i = 0; i < 30; i++) {
            client.claim("key-" + i, "hash", () -> {}).onSuccess(reply -> fences.add(fence(reply)));
          }
        });
    simulation.runFor(Duration.ofMillis(10));
    loop.turn(
        () -> {
          fences.subList(0, 20).forEach(fence -> client.complete(fence, false));
          fences.subList(20, 30).forEach(fence -> client.release(fence, Why.UNSTARTED));
        });
    simulation.runFor(Duration.ofMillis(10));
    assertThat(store.calls()).containsExactly("claim 30", "complete 20", "release 10");
  }

  @Test
  void everyAttemptHasAClaimIdOfItsOwn() {
    Set<String> ids = new TreeSet<>();
    for (int i = 0; i < 50; i++) {
      ids.add(win(client, "a-" + i).claimId());
      ids.add(win(other, "b-" + i).claimId());
    }
    assertThat(ids).hasSize(100).allMatch(id -> id.matches("worker-[12]#1-[0-9a-f]{16}-\\d+"));
  }

  @Test
  void aClaimWhoseAnswerWasLostIsWonUnderTheSameFence() {
    store.weather(Weather.LOSES_ANSWERS);
    Future<Reply<ClaimAnswer>> answer = claim(client, "a");
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(answer.isComplete()).isFalse();
    store.weather(Weather.CALM);

    Fence fence = fence(await(answer));
    assertThat(await(loop.call(() -> client.complete(fence, false)))).isEqualTo(Reply.ok(true));
    assertThat(answer.result()).extracting(reply -> value(reply).suspicions()).isEqualTo(0);
  }

  @Test
  void aClaimWhoseAnswerComesAfterItsLeaseIsGivenBack() {
    store.weather(
        () -> {
          loop.freeze();
          return Weather.CALM;
        });
    Future<Reply<ClaimAnswer>> answer = claim(client, "a");
    simulation.runFor(LEASE);
    store.weather(Weather.CALM);
    loop.thaw();
    assertThat(kind(answer)).as("another may have it by now").isEqualTo(Kind.BUSY);
    assertThat(client.held()).isZero();
    assertThat(value(await(claim(client, "a"))))
        .extracting(ClaimAnswer::kind, ClaimAnswer::suspicions)
        .containsExactly(Kind.WON, 0);
  }

  @Test
  void aMarkIsWrittenHoweverOftenItsAnswerIsLost() {
    Fence fence = win(client, "a");
    store.weather(Weather.AWAY);
    Future<Reply<Boolean>> marked = loop.call(() -> client.complete(fence, false));
    simulation.runFor(Duration.ofSeconds(5));
    store.weather(Weather.LOSES_ANSWERS);
    simulation.runFor(Duration.ofSeconds(5));
    assertThat(marked.isComplete()).isFalse();
    store.weather(Weather.CALM);
    assertThat(await(marked)).isEqualTo(Reply.ok(true));
    assertThat(kind(claim(other, "a"))).isEqualTo(Kind.DONE);
  }

  @Test
  void aFailureIsCountedOnceHoweverOftenItsReleaseIsSent() {
    Fence fence = win(client, "a");
    store.weather(Weather.LOSES_ANSWERS);
    Future<Reply<Boolean>> released = loop.call(() -> client.release(fence, Why.FAILED));
    simulation.runFor(Duration.ofSeconds(5));
    store.weather(Weather.CALM);
    await(released);
    assertThat(value(await(claim(other, "a"))).attempts()).isEqualTo(1);
  }

  @Test
  void leasesAreRenewedAtAThirdForAsLongAsTheirClaimsAreHeld() {
    Fence fence = win(client, "a");
    simulation.runFor(Duration.ofMinutes(5));
    assertThat(store.calls()).filteredOn("renew 1"::equals).hasSizeBetween(99, 101);
    assertThat(kind(claim(other, "a"))).isEqualTo(Kind.BUSY);
    loop.turn(() -> client.release(fence, Why.UNSTARTED));
    simulation.runFor(Duration.ofSeconds(9));
    store.forgetCalls();
    simulation.runFor(Duration.ofMinutes(5));
    assertThat(store.calls()).isEmpty();
  }

  @Test
  void allLeasesAreRenewedInOneRequest() {
    for (int i = 0; i < 20; i++) {
      win(client, "key-" + i);
    }
    store.forgetCalls();
    simulation.runFor(LEASE.dividedBy(3).plusMillis(10));
    assertThat(store.calls()).containsExactly("renew 20");
  }

  @Test
  void theLossOfAClaimIsToldToItsHolder() {
    Fence late = win(client, "a");
    store.weather(Weather.AWAY);
    simulation.runFor(LEASE.plusSeconds(1));
    store.weather(Weather.CALM);
    Fence current = win(other, "a");
    simulation.runFor(LEASE);

    assertThat(lost).containsExactly("a");
    assertThat(client.held()).isZero();
    assertThat(await(loop.call(() -> client.complete(late, false)))).isEqualTo(Reply.ok(false));
    assertThat(await(loop.call(() -> other.complete(current, false)))).isEqualTo(Reply.ok(true));
  }

  @Test
  void aFinishIsWrittenAfterItsLeaseRanOutWhileNobodyElseHasClaimed() {
    Fence fence = win(client, "a");
    store.weather(Weather.AWAY);
    simulation.runFor(LEASE.multipliedBy(3));
    store.weather(Weather.CALM);
    assertThat(await(loop.call(() -> client.complete(fence, false)))).isEqualTo(Reply.ok(true));
    assertThat(lost).isEmpty();
  }

  @Test
  void aMarkThatFinishedItsKeyIsNoLoss() {
    Fence fence = win(client, "a");
    store.weather(Weather.LOSES_ANSWERS, "complete"); // finished, and its holder does not know
    Future<Reply<Boolean>> marked = loop.call(() -> client.complete(fence, false));
    simulation.runFor(LEASE);
    assertThat(store.calls()).contains("renew 1");
    assertThat(marked.isComplete()).isFalse();
    store.weather(Weather.CALM);
    assertThat(await(marked)).isEqualTo(Reply.ok(true));
    assertThat(lost).isEmpty();
  }

  @Test
  void aKeyClaimedHereWaitsHereForItsHolder() {
    Fence fence = win(client, "a");
    store.forgetCalls();
    Future<Reply<ClaimAnswer>> second = claim(client, "a");
    simulation.runFor(Duration.ofMillis(300));
    assertThat(second.isComplete()).isFalse();
    assertThat(store.calls()).isEmpty();
    loop.turn(() -> client.release(fence, Why.FAILED));
    simulation.runFor(Duration.ofMillis(10));
    assertThat(kind(second)).isEqualTo(Kind.WON);
    simulation.runFor(LEASE);
    assertThat(client.held()).isEqualTo(1);
  }

  @Test
  void aLocalWaitEndsAsBusy() {
    win(client, "a");
    Future<Reply<ClaimAnswer>> second = claim(client, "a");
    simulation.runFor(ClaimClient.LOCAL_WAIT.plusMillis(50));
    assertThat(kind(second)).isEqualTo(Kind.BUSY);
    assertThat(value(second.result()).remaining()).isEqualTo(ClaimClient.LOCAL_WAIT);
  }

  @Test
  void thoseWhoWaitHereGetTheKeyInTheirOrder() {
    Fence first = win(client, "a");
    Future<Reply<ClaimAnswer>> second = claim(client, "a");
    Future<Reply<ClaimAnswer>> third = claim(client, "a");
    loop.turn(() -> client.release(first, Why.FAILED));
    simulation.runFor(Duration.ofMillis(10));
    assertThat(kind(second)).isEqualTo(Kind.WON);
    assertThat(third.isComplete()).isFalse();
    loop.turn(() -> client.release(fence(second.result()), Why.FAILED));
    assertThat(value(await(third)).attempts()).isEqualTo(2);
  }

  @Test
  void availabilityFollowsTheStore() {
    loop.turn(() -> client.onAvailability(availability::add));
    Fence fence = win(client, "a");
    store.weather(Weather.AWAY);
    Future<Reply<ClaimAnswer>> claim = claim(client, "b");
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.available()).isFalse();
    Future<Reply<Boolean>> marked = loop.call(() -> client.complete(fence, false));
    simulation.runFor(LEASE);
    store.weather(Weather.CALM);
    await(claim);
    await(marked);
    simulation.runFor(LEASE);
    assertThat(client.available()).isTrue();
    assertThat(availability).containsExactly(false, true);
  }

  @Test
  void aRenewalWithoutAnAnswerIsUnavailabilityToo() {
    loop.turn(() -> client.onAvailability(availability::add));
    win(client, "a");
    store.weather(Weather.AWAY);
    simulation.runFor(LEASE);
    assertThat(client.available()).isFalse();
    store.weather(Weather.CALM);
    simulation.runFor(LEASE.dividedBy(3));
    assertThat(availability).containsExactly(false, true);
  }

  @Test
  void aClaimThatNobodyWantsAnyMoreIsAnsweredAndGivenBack() {
    store.weather(Weather.LOSES_ANSWERS);
    boolean[] wanted = {true};
    Claimant claimant =
        new Claimant() {
          @Override
          public void lost() {
            lost.add("a");
          }

          @Override
          public boolean wanted() {
            return wanted[0];
          }
        };
    Future<Reply<ClaimAnswer>> answer = loop.call(() -> client.claim("a", "hash", claimant));
    simulation.runFor(Duration.ofSeconds(2));
    wanted[0] = false;
    assertThat(await(answer).isUnknown()).isTrue();
    store.weather(Weather.CALM);
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(kind(claim(other, "a"))).isEqualTo(Kind.WON);
    assertThat(client.available()).isTrue();
  }

  @Test
  void aClaimThatWasGivenUpHoldsUpNoOtherOfItsKey() {
    store.weather(Weather.LOSES_ANSWERS);
    Future<Reply<ClaimAnswer>> first = claim(client, "a");
    simulation.runFor(Duration.ofSeconds(1));
    loop.turn(client::stopResending);
    assertThat(await(first).isUnknown()).isTrue();
    store.weather(Weather.CALM);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(kind(claim(client, "a"))).isEqualTo(Kind.WON);
  }

  @Test
  void givingUpAnswersEverythingThatWaitsAndSaysWhatIsUnknown() {
    Fence fence = win(client, "a");
    store.weather(Weather.AWAY);
    Future<Reply<Boolean>> marked = loop.call(() -> client.complete(fence, false));
    Future<Reply<ClaimAnswer>> claim = claim(client, "b");
    simulation.runFor(Duration.ofSeconds(1));
    Future<Tally> flushed = loop.call(client::flush);
    loop.turn(client::stopResending);
    assertThat(await(marked).isUnknown()).isTrue();
    assertThat(await(claim).isUnknown()).isTrue();
    assertThat(await(flushed)).isEqualTo(new Tally(0, 0, 1));
    assertThat(client.marks()).isEqualTo(new Tally(0, 0, 1));
  }

  @Test
  void afterItsCloseNothingIsRenewed() {
    win(client, "a");
    loop.turn(client::close);
    loop.turn(client::close);
    simulation.run();
    assertThat(store.calls()).containsExactly("claim 1");
  }
}
