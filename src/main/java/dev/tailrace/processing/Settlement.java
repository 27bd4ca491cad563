package dev.tailrace.processing;

import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.DeadLetters;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.Sink;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down how a handler ended: the only switch over outcomes. The dead letter is acknowledged
 * before the mark, the mark before the landing, and the landing lets the position pass.
 */
final class Settlement {
  private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);
  private static final int MOST_SNOOZES = 100;

  /** What the reason of a dead letter begins with that no more retries had room for. */
  private static final String OVERFLOW = "overflow";

  /** The reason of a dead letter whose effects were carried out up to one that was refused. */
  static final String BROKEN = "effects were carried out in part";

  private final Crew crew;
  private final Flight flight;
  private final WorkItem item;
  private boolean failed; // event loop only; the handler reported a failure that counts
  private String words = ""; // event loop only; what the event log says besides the reason

  Settlement(Crew crew, Flight flight) {
    this.crew = crew;
    this.flight = flight;
    this.item = flight.item();
  }

  /**
   * Settles what needs no writing down, as most that is done without a store needs none; else
   * whatever it takes.
   */
  static void settle(Crew crew, Flight flight, Future<Outcome> ended) {
    boolean done = ended.succeeded() && ended.result().kind() == Outcome.Kind.DONE;
    if (done
        && (flight.claim() == null || crew.claims() == null)
        && ((Outcome.Done) ended.result()).effects() == null) {
      crew.breaker().succeeded(flight.item(), flight.since());
      flight.landAtOnce(Landing.Finished.of(Finish.DONE, ""));
    } else {
      new Settlement(crew, flight).settle(ended);
    }
  }

  void settle(Future<Outcome> ended) {
    if (ended.failed()) {
      failed(ended.cause());
      return;
    }
    Outcome outcome = ended.result();
    if (outcome.kind() != Outcome.Kind.RETRY && outcome.kind() != Outcome.Kind.SNOOZE) {
      crew.breaker().succeeded(item, crew.loop().nanos());
    }
    switch (outcome.kind()) {
      case DONE -> done(((Outcome.Done) outcome).effects());
      case RETRY -> retry((Outcome.Retry) outcome);
      case SNOOZE -> snooze((Outcome.Snooze) outcome);
      case DEAD_LETTER -> {
        Outcome.DeadLetter dead = (Outcome.DeadLetter) outcome;
        deadLetter(dead.reason(), dead.cause());
      }
      case DISCARD -> discard((Outcome.Discard) outcome);
    }
  }

  /** Its attempts are used up by the processes that it ended: it is not called again. */
  void poisoned(String reason) {
    note("exhausted=" + item.failures());
    end(reason, null);
  }

  /** A thrown error or a failed future: interrupted, permanent, or worth another attempt. */
  private void failed(Throwable failure) {
    CancelReason cancelled = flight.cancelReason();
    if (cancelled != null && cancelled != CancelReason.TIMEOUT) {
      item.spared();
      String reason = "interrupted: " + cancelled.name();
      giveBack(Why.SNOOZED, new Landing.Released(reason));
    } else if (!item.failedTogether() && crew.retry().isPermanent(failure)) {
      crew.breaker().succeeded(item, crew.loop().nanos()); // the message's fault, and no one else's
      end(failure.getClass().getSimpleName(), failure);
    } else {
      String reason = cancelled == null ? failure.getClass().getSimpleName() : "timed out";
      retry(new Outcome.Retry(reason, null, failure));
    }
  }

  private void done(@Nullable Effects effects) {
    Crew.Claiming claims = crew.claims();
    Fence fence = flight.claim();
    if (effects == null) {
      mark(Finish.DONE, "");
    } else if (claims == null || !claims.client().carriesOut()) {
      String reason = "effects without a store that carries them out";
      end(reason, new IllegalStateException(reason));
    } else if (fence == null) {
      spare(new Outcome.Retry("the store that carries out effects is away", null, null));
    } else {
      claims
          .client()
          .carryOut(fence, effects)
          .onComplete(
              reply ->
                  crew.loop()
                      .execute(
                          () ->
                              carriedOut(
                                  reply.succeeded() ? reply.result() : Reply.unknown(reply.cause()),
                                  fence)));
    }
  }

  private void carriedOut(Reply<EffectAnswer> reply, Fence fence) {
    if (!(reply instanceof Reply.Ok<EffectAnswer> ok)) {
      flight.land(new Landing.Unsettled("effects"));
      return;
    }
    EffectAnswer answer = ok.value();
    switch (answer.kind()) {
      case DONE -> {
        note("fence=" + fence.token() + " mark=written");
        flight.land(Landing.Finished.of(Finish.DONE, detail("with its effects")));
      }
      case PASSED ->
          giveBack(
              Why.SNOOZED,
              new Landing.Again(
                  Duration.ZERO, "the claim had passed to another worker", Landing.Why.BUSY));
      case REFUSED -> retry(new Outcome.Retry("effects refused: " + answer.error(), null, null));
      case BROKEN -> deadLetter(BROKEN + ": " + answer.error(), null);
    }
  }

  private void retry(Outcome.Retry retry) {
    boolean last = crew.retry().isExhausted(item.failures() + 1);
    boolean outage = item.isSilent() ? crew.breaker().isOpen() : crew.breaker().failed(item, last);
    if (outage) {
      spare(retry);
      return;
    }
    item.failed(crew.loop().wall());
    failed = true;
    if (crew.retry().isExhausted(item.failures())) {
      if (crew.ends()) {
        note("exhausted=" + item.failures());
        end(retry.reason(), retry.cause());
        return;
      }
      alarm(Alarm.DEAD_LETTER_REFUSED, "no dead-letter destination for: " + retry.reason());
    } else if (item.delivery().mayStart()) { // else another may have it: it stays where it is
      boolean mayPark = flight.mayPark();
      int tier = new TierChoice(crew, item).choose(retry, mayPark);
      if (tier != TierChoice.NONE) {
        move(tier, retry);
        return;
      }
      if (crew.retry().overflow() == RetryPolicy.Overflow.DEAD_LETTER
          && crew.deadLetters() != null
          && !crew.breaker().mayOpen()
          && !mayPark) {
        deadLetter(OVERFLOW + ": " + retry.reason(), retry.cause());
        return;
      }
    }
    LOG.debug("{} failed, attempt {}: {}", item, item.failures(), retry.reason(), retry.cause());
    crew.events().retried(item, retry.reason());
    Duration delay = delay(retry, item.failures());
    giveBack(Why.FAILED, new Landing.Again(delay, retry.reason(), Landing.Why.RETRY));
  }

  /** The failure is the outage's: it waits, and loses no attempt. */
  private void spare(Outcome.Retry retry) {
    item.spared();
    LOG.debug("{} failed in an outage: {}", item, retry.reason(), retry.cause());
    crew.events().spared(item, retry.reason());
    Duration delay = delay(retry, item.failures() + 1);
    giveBack(Why.SNOOZED, new Landing.Again(delay, retry.reason(), Landing.Why.OUTAGE));
  }

  private void move(int tier, Outcome.Retry retry) {
    crew.events().retried(item, retry.reason());
    item.delivery().moving(true);
    new Move(crew, item, tier)
        .send(retry)
        .onComplete(
            reply ->
                crew.loop()
                    .execute(
                        () ->
                            moved(
                                reply.succeeded() ? reply.result() : Reply.unknown(reply.cause()),
                                retry)));
  }

  /** The position passes only now; the claim is given back before, with its failure counted. */
  private void moved(Reply<Sink.Sent> reply, Outcome.Retry retry) {
    if (reply instanceof Reply.Ok<Sink.Sent> sent) {
      LOG.info("{} waits for attempt {} at {}", item, item.failures() + 1, sent.value().position());
      note("moved=" + sent.value().position().replace(' ', '_'));
      giveBack(Why.FAILED, Landing.Finished.of(Finish.MOVED, detail(retry.reason())));
    } else if (reply instanceof Reply.Failed<Sink.Sent> failed
        && failed.cause() instanceof MessageRefusedException) {
      item.delivery().moving(false);
      alarm(Alarm.MOVE_REFUSED, String.valueOf(failed.cause().getMessage()));
      Duration delay = delay(retry, item.failures());
      giveBack(Why.FAILED, new Landing.Again(delay, retry.reason(), Landing.Why.RETRY));
    } else {
      flight.land(new Landing.Unsettled("move"));
    }
  }

  private Duration delay(Outcome.Retry retry, int failures) {
    Duration after = retry.after();
    return after != null ? after : crew.retry().delay(failures, crew.loop().random());
  }

  /** No further attempt would mend it. */
  private void end(String reason, @Nullable Throwable cause) {
    if (crew.discards()) {
      LOG.warn("{} discarded after {} failures: {}", item, item.attempt(), reason);
      mark(Finish.DISCARDED, reason);
    } else {
      deadLetter(reason, cause);
    }
  }

  private void snooze(Outcome.Snooze snooze) {
    if (item.snoozed() > MOST_SNOOZES) {
      deadLetter("snoozed more than " + MOST_SNOOZES + " times", null);
      return;
    }
    item.resumeAt(snooze.resume());
    Landing again = new Landing.Again(snooze.delay(), "snoozed", Landing.Why.SNOOZE);
    Fence fence = flight.claim();
    Crew.Claiming claims = crew.claims();
    if (fence == null || claims == null) {
      flight.land(again);
    } else {
      landAfter(claims.client().snooze(fence, snooze.resume()), again);
    }
  }

  private void discard(Outcome.Discard discard) {
    LOG.info("{} discarded: {}", item, discard.reason());
    mark(Finish.DISCARDED, discard.reason());
  }

  private void deadLetter(String reason, @Nullable Throwable cause) {
    DeadLetters destination = crew.deadLetters();
    if (destination == null) {
      hold("no dead-letter destination for: " + reason);
      return;
    }
    destination
        .send(
            item.message(),
            new DeadLetters.Reason(reason, cause, item.attempt(), item.firstFailed()))
        .onComplete(
            reply ->
                crew.loop()
                    .execute(
                        () ->
                            acknowledged(
                                reply.succeeded() ? reply.result() : Reply.unknown(reply.cause()),
                                reason)));
  }

  private void acknowledged(Reply<Sink.Sent> reply, String reason) {
    if (reply instanceof Reply.Ok<Sink.Sent> sent) {
      crew.events().deadLettered(item, reason, sent.value().position());
      note("dlq=" + sent.value().position().replace(' ', '_'));
      mark(Finish.DEAD_LETTERED, reason);
    } else if (reply instanceof Reply.Failed<Sink.Sent> failed
        && failed.cause() instanceof MessageRefusedException) {
      hold(String.valueOf(failed.cause().getMessage()));
    } else {
      // Sent again for as long as the pool runs: it was told to give up.
      flight.land(new Landing.Unsettled("dead letter"));
    }
  }

  /** The message cannot leave, and nothing may be lost: it holds its position and tries again. */
  private void hold(String reason) {
    alarm(Alarm.DEAD_LETTER_REFUSED, reason);
    Why why =
        failed ? Why.FAILED : Why.SNOOZED; // a verdict that cannot be carried out is no attempt
    giveBack(why, new Landing.Again(crew.retry().maxBackoff(), reason, Landing.Why.RETRY));
  }

  private void alarm(Alarm kind, String reason) {
    crew.events().alarm(item.pipeline(), item.position().source(), kind, item + ": " + reason);
  }

  private void mark(Finish finish, String detail) {
    Fence fence = flight.claim();
    if (fence == null || crew.claims() == null) {
      flight.land(Landing.Finished.of(finish, detail(detail)));
      return;
    }
    note("fence=" + fence.token());
    crew.claims()
        .client()
        .complete(fence, finish == Finish.DEAD_LETTERED)
        .onComplete(
            reply ->
                crew.loop()
                    .execute(
                        () ->
                            marked(
                                reply.succeeded() ? reply.result() : Reply.unknown(reply.cause()),
                                finish,
                                detail)));
  }

  private void marked(Reply<Boolean> reply, Finish finish, String detail) {
    if (reply instanceof Reply.Ok<Boolean> ok) {
      note(ok.value() ? "mark=written" : "mark=refused");
      flight.land(Landing.Finished.of(finish, detail(ok.value() ? detail : passed(detail))));
    } else if (crew.claims() != null && crew.claims().unclaimedWhenUnavailable()) {
      note("mark=unknown"); // in grade A from here on
      flight.land(Landing.Finished.of(finish, detail(detail)));
    } else {
      flight.land(new Landing.Unsettled("mark"));
    }
  }

  private static String passed(String reason) {
    return reason + (reason.isEmpty() ? "" : "; ") + "the claim had passed to another worker";
  }

  private void note(String word) {
    words = words.isEmpty() ? word : words + " " + word;
  }

  private String detail(String reason) {
    return words.isEmpty() || reason.isEmpty() ? words + reason : words + ": " + reason;
  }

  private void giveBack(Why why, Landing landing) {
    Fence fence = flight.claim();
    if (fence == null || crew.claims() == null) {
      flight.land(landing);
      return;
    }
    landAfter(crew.claims().client().release(fence, why), landing);
  }

  private void landAfter(Future<?> written, Landing landing) {
    written.onComplete(any -> crew.loop().execute(() -> flight.land(landing)));
  }
}
