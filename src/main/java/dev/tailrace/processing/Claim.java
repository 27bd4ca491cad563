package dev.tailrace.processing;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.Claimant;
import dev.tailrace.idempotency.PayloadHash;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Delivery;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** The first leg of a flight with an idempotency store: the only reader of claims' answers. */
final class Claim extends Start implements Claimant {
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Crew crew;
  private final Crew.Claiming claims;
  private final Flight flight;
  private final Delivery delivery;

  Claim(Crew crew, Crew.Claiming claims, Flight flight) {
    super(crew, flight);
    this.crew = crew;
    this.claims = claims;
    this.flight = flight;
    this.delivery = flight.item().delivery();
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
    flight.claimLost();
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
    String label = answer.kind().label();
    crew.events().claim(flight.item(), label, fence);
    if (answer.resume() != null) { // else the store has lost it, or never heard of it
      flight.item().resumeAt(answer.resume());
    }
    switch (answer.kind()) {
      case WON -> won(answer);
      case DONE, DEAD -> flight.land(Landing.Finished.of(Finish.SKIPPED, label));
      case BUSY -> flight.land(again(answer.remaining()));
      case BROKEN -> settle(Outcome.deadLetter(Settlement.BROKEN));
      case MISMATCH -> settle(Outcome.deadLetter("idempotency key used with another payload"));
    }
  }

  private void won(ClaimAnswer answer) {
    flight.won(Objects.requireNonNull(answer.fence()));
    begin(answer.attempts(), answer.suspicions());
  }

  /** A store that ends with the process knows less than the source. */
  @Override
  Future<Boolean> count() {
    return delivery
        .countStart()
        .compose(
            counted ->
                counted
                    ? claims.client().markAlone(fence(), () -> !hasGivenUp() && wanted())
                    : Future.succeededFuture(Reply.ok(false)))
        .map(reply -> reply instanceof Reply.Ok<Boolean> ok && ok.value());
  }

  private Fence fence() {
    return Objects.requireNonNull(flight.claim());
  }

  @Override
  void giveBack(Landing landing) {
    flight.giveBack(landing);
  }

  private static Landing again(Duration remaining) {
    Duration delay = remaining.compareTo(ASK_AGAIN) < 0 ? remaining : ASK_AGAIN;
    return new Landing.Again(delay, "key is claimed elsewhere", Landing.Why.BUSY);
  }

  private void settle(Outcome outcome) {
    new Settlement(crew, flight).settle(Future.succeededFuture(outcome));
  }
}
