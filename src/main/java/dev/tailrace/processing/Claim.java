package dev.tailrace.processing;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.Claimant;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.idempotency.PayloadHash;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first leg of a flight with an idempotency store: the only reader of claims' answers. */
final class Claim implements Claimant, Solo {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  /** After so many starts beside others that ended with their process, a message runs alone. */
  private static final int MOST_BESIDE_OTHERS = 2;

  /** The reason of a dead letter whose last attempts ended with their process. */
  private static final String POISON = "ended its process";

  private final Crew crew;
  private final Crew.Claiming claims;
  private final Flight flight;
  private int attempts; // event loop only; as the store counts them, once the claim is won
  private int suspicions; // event loop only
  private boolean counting; // event loop only; its count is on its way, or written
  private @Nullable Duration gaveUp; // event loop only; how long the message waits then

  Claim(Crew crew, Crew.Claiming claims, Flight flight) {
    this.crew = crew;
    this.claims = claims;
    this.flight = flight;
  }

  void request() {
    Optional<String> key = claims.rule().key(flight.message(), crew.pipeline());
    if (key.isEmpty()) {
      settle(Outcome.deadLetter("missing idempotency key"));
      return;
    }
    Future<Reply<ClaimAnswer>> reply =
        claims.client().claim(key.get(), PayloadHash.of(flight.message().body()), this);
    if (reply.isComplete()) {
      answered(reply);
    } else {
      reply.onComplete(any -> crew.loop().execute(() -> answered(reply)));
    }
  }

  @Override
  public void lost() {
    crew.events().claim(flight.item(), "lost", flight.claim());
    flight.cancel(CancelReason.CLAIM_LOST);
  }

  @Override
  public boolean wanted() {
    return !flight.isUnstartable();
  }

  private void answered(Future<Reply<ClaimAnswer>> future) {
    Reply<ClaimAnswer> reply = future.succeeded() ? future.result() : Reply.unknown(future.cause());
    if (reply instanceof Reply.Ok<ClaimAnswer> ok) {
      granted(ok.value());
      return;
    }
    crew.events().claim(flight.item(), "unavailable", null);
    if (claims.unclaimedWhenUnavailable() && wanted() && flight.mayStart()) {
      flight.call(0);
    } else {
      // The client repeats an unknown claim for as long as it is wanted and the pool runs.
      flight.land(new Landing.Released("claim unknown"));
    }
  }

  private void granted(ClaimAnswer answer) {
    Fence fence = answer.fence();
    String label = answer.kind().name().toLowerCase(Locale.ROOT);
    crew.events().claim(flight.item(), label, fence);
    switch (answer.kind()) {
      case WON -> won(answer);
      case DONE, DEAD -> flight.land(Landing.Finished.of(Finish.SKIPPED, label));
      case BUSY -> flight.land(again(answer.remaining()));
      case MISMATCH -> settle(Outcome.deadLetter("idempotency key used with another payload"));
    }
  }

  private void won(ClaimAnswer answer) {
    flight.won(Objects.requireNonNull(answer.fence()));
    attempts = answer.attempts();
    suspicions = answer.suspicions();
    boolean suspect = suspicions >= MOST_BESIDE_OTHERS;
    if (flight.isUnstartable()) {
      giveBack(new Landing.Released("not started"));
    } else if (suspect && crew.ends() && crew.retry().isExhausted(attempts)) {
      flight.item().know(attempts);
      new Settlement(crew, flight).poisoned(POISON);
    } else if (suspect) {
      flight.awaitSolitude(this);
    } else if (flight.mayStart()) {
      flight.call(attempts);
    } else {
      giveBack(new Landing.Released("suspended for a suspect"));
    }
  }

  @Override
  public Flight flight() {
    return flight;
  }

  @Override
  public void start() {
    flight.goOn();
    counting = true;
    crew.events()
        .alarm(
            crew.pipeline(),
            flight.message().origin().source(),
            Alarm.SUSPECT,
            flight.item()
                + ": runs alone, since it was under way "
                + suspicions
                + " times when its process ended");
    claims
        .client()
        .markAlone(fence(), () -> gaveUp == null && wanted())
        .onSuccess(reply -> crew.loop().execute(() -> marked(reply)));
  }

  private void marked(Reply<Boolean> reply) {
    boolean counted = reply instanceof Reply.Ok<Boolean> ok && ok.value();
    if (gaveUp == null && counted && !flight.isUnstartable()) {
      flight.call(attempts);
    } else {
      giveBack(notAlone(gaveUp == null ? ASK_AGAIN : gaveUp));
    }
  }

  @Override
  public void giveUp(Duration delay) {
    if (gaveUp == null) {
      gaveUp = delay;
      if (!counting) {
        flight.goOn();
        giveBack(notAlone(delay));
      }
    }
  }

  private Landing notAlone(Duration delay) {
    return flight.isUnstartable()
        ? new Landing.Released("not started")
        : new Landing.Again(delay, "not alone", Landing.Why.BUSY);
  }

  private Fence fence() {
    return Objects.requireNonNull(flight.claim());
  }

  private void giveBack(Landing landing) {
    claims
        .client()
        .release(fence(), Why.UNSTARTED)
        .onComplete(any -> crew.loop().execute(() -> flight.land(landing)));
  }

  private static Landing again(Duration remaining) {
    Duration delay = remaining.compareTo(ASK_AGAIN) < 0 ? remaining : ASK_AGAIN;
    return new Landing.Again(delay, "key is claimed elsewhere", Landing.Why.BUSY);
  }

  private void settle(Outcome outcome) {
    new Settlement(crew, flight).settle(Future.succeededFuture(outcome));
  }
}
