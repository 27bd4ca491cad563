package dev.tailrace.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.idempotency.ScriptedStore.Weather;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A client whose messages are processed while the store is away. */
class UnclaimedClientTest extends ClaimScene {
  private final ClaimClient open = client("worker-1#1", WhenUnavailable.PROCESS);
  private final ClaimClient other = client("worker-2#1", WhenUnavailable.PAUSE);

  @Test
  void theFirstReplyIsTheAnswer() {
    store.weather(Weather.LOSES_ANSWERS);
    assertThat(await(claim(open, "a")).isUnknown()).isTrue();
    store.weather(Weather.CALM);
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(kind(claim(other, "a"))).isEqualTo(Kind.WON); // given back, had it been granted
  }

  @Test
  void aStoreThatIsKnownToBeAwayIsNotAsked() {
    store.weather(Weather.AWAY);
    await(claim(open, "a"));
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(loop.call(open::available)).isFalse();
    store.forgetCalls();

    for (int i = 0; i < 100; i++) {
      Future<Reply<ClaimAnswer>> answer = claim(open, "b-" + i);
      assertThat(answer.isComplete()).isTrue();
      assertThat(answer.result().isUnknown()).isTrue();
    }
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(store.calls()).as("what it had asked").containsOnly("release 1");
    store.weather(Weather.CALM);
    simulation.runFor(Duration.ofSeconds(2));

    assertThat(loop.call(open::available)).isTrue();
    assertThat(kind(claim(open, "b-1"))).isEqualTo(Kind.WON);
  }

  @Test
  void aKeyThatIsHeldHereIsStillHeld() {
    win(open, "a");
    store.weather(Weather.AWAY);
    await(claim(open, "b"));
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(loop.call(open::available)).isFalse();

    assertThat(kind(claim(open, "a"))).isEqualTo(Kind.BUSY);
  }

  @Test
  void nobodyWaitsForAMarkAndItIsWrittenLater() {
    Fence early = win(open, "a");
    Fence late = win(open, "b");
    store.weather(Weather.AWAY);

    Future<Reply<Boolean>> marked = loop.call(() -> open.complete(early, false));
    simulation.runFor(Duration.ofSeconds(1));
    Future<Reply<Boolean>> released = loop.call(() -> open.release(late, Why.FAILED));

    assertThat(marked.result().isUnknown()).isTrue();
    assertThat(released.result().isUnknown()).isTrue();
    assertThat(claim(open, "b").result().isUnknown()).as("of one given back").isTrue();
    assertThat(open.held()).as("renewed until their ends are written").isEqualTo(2);
    store.weather(Weather.CALM);
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(open.held()).isZero();
    assertThat(kind(claim(other, "a"))).isEqualTo(Kind.DONE);
    assertThat(value(await(claim(other, "b"))).attempts()).isEqualTo(1);
  }
}
