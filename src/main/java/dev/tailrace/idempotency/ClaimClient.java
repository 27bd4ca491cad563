package dev.tailrace.idempotency;

import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.ResendingBatcher;
import dev.tailrace.runtime.ResendingBatcher.Tally;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Claims keys for one consumer, and holds what it has won: batches what a turn asks for, sends the
 * same again while the answer is unknown, renews leases. Belongs to its loop.
 *
 * <p>A key that is claimed here already waits here: for as long as its holder, at most {@link
 * #LOCAL_WAIT}, then it is answered as busy. Everything waits for a store that does not answer,
 * until {@link #stopResending}; {@link #available} says whether that is so. Where messages are
 * processed all the same, nobody waits longer than until that is known: claims are answered unknown
 * at once, marks and releases too, which are sent again all the same.
 *
 * <p>Bounded by its callers: each claim, mark and release belongs to a message that holds a permit.
 */
public final class ClaimClient {
  /** How long a claim waits for a holder in the same consumer. */
  public static final Duration LOCAL_WAIT = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(ClaimClient.class);

  private final Loop loop;
  private final ClaimConfig config;
  private final boolean lasting;
  private final boolean carriesOut;
  private final ResendingBatcher<ClaimAttempt, ClaimAnswer> claims;
  private final ResendingBatcher<Completion, Boolean> marks;
  private final ResendingBatcher<EffectCompletion, EffectAnswer> effects;
  private final ResendingBatcher<Solo, Boolean> solos;
  private final ResendingBatcher<ReleaseRequest, Boolean> releases;
  private final Leases leases;
  private final EarlyAnswers early = new EarlyAnswers();

  /** Who holds or asks for a key, and behind it those who wait for that. */
  private final Map<String, ArrayDeque<ClaimAttempt>> queues = new HashMap<>(); // event loop only

  private @Nullable String claimIds; // event loop only; what all of this client's begin with
  private long asked; // event loop only
  private boolean available = true; // event loop only
  private Consumer<Boolean> availability = now -> {}; // event loop only

  /** Makes the client of one consumer; the store is opened and closed by its owner. */
  public ClaimClient(Loop loop, IdempotencyStore store, ClaimConfig config) {
    this.loop = loop;
    this.config = config;
    this.lasting = store.grade() != IdempotencyStore.Grade.A;
    this.carriesOut = store.carriesOut();
    this.claims = to(new Claims(store));
    this.marks = to(store::complete);
    this.effects = to(store::carryOut);
    this.solos = to(new Solos(store));
    this.releases = to(store::release);
    this.leases = new Leases(loop, store, config.lease(), new Holders());
  }

  /** Whether what the store knows outlives this process. */
  public boolean isLasting() {
    return lasting;
  }

  /** Told of every change of {@link #available}; replaces the listener before. */
  public void onAvailability(Consumer<Boolean> listener) {
    assert loop.inLoop();
    availability = listener;
  }

  /** Whether the store answers: false while something is sent again, or leases are not renewed. */
  public boolean available() {
    return available;
  }

  /**
   * Claims a key for one attempt at a delivery. Completes with the store's answer; where that comes
   * so late that a lease it grants may be over, with busy; or, where it was told to stop or nobody
   * wants it any more or the policy says so, with unknown or failed. In these cases the claim is
   * given back, in case it was granted. Never fails.
   *
   * @param payloadHash see {@link PayloadHash}
   * @param claimant told when the claim, once won, is lost
   */
  public Future<Reply<ClaimAnswer>> claim(String key, String payloadHash, Claimant claimant) {
    assert loop.inLoop();
    ClaimRequest request =
        new ClaimRequest(key, nextClaimId(), config.owner(), payloadHash, config.lease());
    ClaimAttempt attempt = new ClaimAttempt(request, claimant);
    if (!available && processes() && !queues.containsKey(key)) {
      // It would wait for its time-out, and leave a release behind that nobody bounds.
      return Future.succeededFuture(Reply.unknown(new StoreAwayException()));
    }
    ArrayDeque<ClaimAttempt> queue = queues.computeIfAbsent(key, any -> new ArrayDeque<>(1));
    queue.add(attempt);
    if (queue.size() == 1) {
      ask(attempt);
    } else {
      attempt.waitFor(loop.after(LOCAL_WAIT, () -> busyHere(attempt)));
    }
    return attempt.answer();
  }

  private boolean processes() {
    return config.whenUnavailable() == ClaimConfig.WhenUnavailable.PROCESS;
  }

  private String nextClaimId() {
    if (claimIds == null) {
      claimIds = config.owner() + "-" + HexFormat.of().toHexDigits(loop.random().nextLong()) + "-";
    }
    return claimIds + asked++;
  }

  private void busyHere(ClaimAttempt attempt) {
    leave(attempt);
    attempt.answer(Reply.ok(ClaimAnswer.busy(LOCAL_WAIT)));
  }

  private void ask(ClaimAttempt attempt) {
    claims.submit(attempt).onSuccess(reply -> answered(attempt, reply));
  }

  private void answered(ClaimAttempt attempt, Reply<ClaimAnswer> reply) {
    Fence fence = reply instanceof Reply.Ok<ClaimAnswer> ok ? ok.value().fence() : null;
    boolean late = fence != null && attempt.mayHaveEnded(loop.nanos());
    if (late || !reply.isOk()) {
      releases.submit(ReleaseRequest.unstarted(attempt.request())).onSuccess(any -> leave(attempt));
    } else if (fence == null) {
      leave(attempt);
    } else {
      leases.hold(fence, attempt);
    }
    attempt.answer(late ? Reply.ok(ClaimAnswer.busy(Duration.ZERO)) : reply);
  }

  /** The attempt holds its key no longer, or waits no longer for it; the next one's turn. */
  private void leave(ClaimAttempt attempt) {
    ArrayDeque<ClaimAttempt> queue = queues.get(attempt.request().key());
    if (queue == null) {
      return;
    }
    boolean held = queue.peek() == attempt;
    queue.remove(attempt);
    ClaimAttempt next = queue.peek();
    if (next == null) {
      queues.remove(attempt.request().key());
    } else if (held) {
      next.stopWaiting();
      ask(next);
    }
  }

  /**
   * Marks a key as finished, and again until the store has answered. Completes with true where the
   * mark is written, with false where a later claim holds the key, which nothing changes; unknown
   * or failed where it was given up, or where messages are processed while the store is away. The
   * claim is renewed until then. Never fails.
   *
   * @param dead whether it ended as a dead letter
   */
  public Future<Reply<Boolean>> complete(Fence fence, boolean dead) {
    assert loop.inLoop();
    ClaimAttempt attempt = leases.ending(fence);
    return ending(fence, attempt, marks.submit(new Completion(fence, dead, config.retention())));
  }

  /** Nobody waits for a store that is away where messages are processed all the same. */
  private Future<Reply<Boolean>> ending(
      Fence fence, @Nullable ClaimAttempt attempt, Future<Reply<Boolean>> sent) {
    sent.onSuccess(any -> ended(fence));
    if (!processes()) {
      return sent;
    }
    Future<Reply<Boolean>> answer =
        early.of(
            sent,
            () -> {
              if (attempt != null) {
                leave(attempt);
              }
            });
    if (!available) {
      early.give(new StoreAwayException());
    }
    return answer;
  }

  /** Whether the store carries out effects together with a mark. */
  public boolean carriesOut() {
    return carriesOut;
  }

  /**
   * Has effects carried out with the mark of a key, and asks again until the store has answered;
   * unknown or failed where it was given up. The claim is renewed until it is marked or given back.
   * Never fails.
   */
  public Future<Reply<EffectAnswer>> carryOut(Fence fence, Effects commands) {
    assert loop.inLoop();
    leases.ending(fence);
    return effects
        .submit(new EffectCompletion(fence, commands, config.retention()))
        .onSuccess(
            reply -> {
              if (reply instanceof Reply.Ok<EffectAnswer> ok
                  && ok.value().kind() == EffectAnswer.Kind.DONE) {
                ended(fence);
              }
            });
  }

  /**
   * Notes that the message of this claim is about to run alone in its process, and again until the
   * store has answered. Completes with true where its end with the process will count as an
   * attempt, with false where the claim holds no longer; unknown or failed where it was given up.
   * Never fails.
   *
   * @param wanted whether an answer is still of use; asked before it is sent again
   */
  public Future<Reply<Boolean>> markAlone(Fence fence, BooleanSupplier wanted) {
    assert loop.inLoop();
    return solos.submit(new Solo(fence, wanted));
  }

  /**
   * Gives a claim back without a mark, and again until the store has answered. Completes with
   * whether there was something to give back; unknown or failed where it was given up. Never fails.
   */
  public Future<Reply<Boolean>> release(Fence fence, Why why) {
    return release(fence, ReleaseRequest.of(fence, why));
  }

  /** Likewise, by a snooze: the next claim is told where to go on; null for the beginning. */
  public Future<Reply<Boolean>> snooze(Fence fence, @Nullable String resume) {
    return release(fence, ReleaseRequest.snoozed(fence, resume));
  }

  private Future<Reply<Boolean>> release(Fence fence, ReleaseRequest request) {
    assert loop.inLoop();
    ClaimAttempt attempt = leases.ending(fence);
    return ending(fence, attempt, releases.submit(request));
  }

  private void ended(Fence fence) {
    ClaimAttempt attempt = leases.drop(fence);
    if (attempt != null) {
      leave(attempt);
    }
  }

  /** Claims held now. */
  public int held() {
    return leases.size();
  }

  /** All marks so far, by their end. */
  public Tally marks() {
    return marks.tally();
  }

  /** All releases so far, by their end. */
  public Tally releases() {
    return releases.tally();
  }

  /**
   * Completes when every mark and release asked for so far is answered or given up, with how many
   * did what; never fails.
   */
  public Future<Tally> flush() {
    assert loop.inLoop();
    return Future.all(marks.flush(), effects.flush(), releases.flush())
        .map(all -> all.<Tally>resultAt(0).plus(all.resultAt(1)).plus(all.resultAt(2)));
  }

  /**
   * Sends nothing again from now on: what waits is answered with what is known of it at once.
   * Claims that are held stay renewed until {@link #close}.
   */
  public void stopResending() {
    claims.stopResending();
    marks.stopResending();
    effects.stopResending();
    solos.stopResending();
    releases.stopResending();
  }

  /** As {@link #stopResending}, and renews nothing any more: what is held runs out. */
  public void close() {
    assert loop.inLoop();
    stopResending();
    leases.close();
  }

  private void changed(@Nullable Throwable cause) {
    boolean now =
        !claims.isResending()
            && !marks.isResending()
            && !effects.isResending()
            && !solos.isResending()
            && !releases.isResending()
            && !leases.isTroubled();
    if (now != available) {
      available = now;
      LOG.atLevel(now ? Level.INFO : Level.WARN)
          .addKeyValue("owner", config.owner())
          .setCause(cause)
          .log(
              now
                  ? "idempotency store answers again"
                  : "idempotency store does not answer: " + meanwhile());
      if (!now && processes()) {
        early.give(cause == null ? new StoreAwayException() : cause);
      }
      availability.accept(now);
    }
  }

  private String meanwhile() {
    return processes() ? "messages run without a claim, in grade A" : "messages wait for it";
  }

  private <T, R> ResendingBatcher<T, R> to(Function<List<T>, Future<List<Reply<R>>>> operation) {
    return to(new StoreDestination<>(operation, this::changed));
  }

  private <T, R> ResendingBatcher<T, R> to(StoreDestination<T, R> destination) {
    return new ResendingBatcher<>(loop, config.limits(), config.pauses(), destination);
  }

  private final class Claims extends StoreDestination<ClaimAttempt, ClaimAnswer> {
    Claims(IdempotencyStore store) {
      super(
          attempts -> store.claim(attempts.stream().map(each -> each.sent(loop.nanos())).toList()),
          ClaimClient.this::changed);
    }

    @Override
    public boolean isFinal(Reply<ClaimAnswer> reply) {
      return reply.isOk() || processes();
    }

    @Override
    public boolean isWanted(ClaimAttempt attempt) {
      return attempt.claimant().wanted();
    }
  }

  /** A note that a message is about to run alone. */
  private record Solo(Fence fence, BooleanSupplier wanted) {}

  private final class Solos extends StoreDestination<Solo, Boolean> {
    Solos(IdempotencyStore store) {
      super(
          solos -> store.markAlone(solos.stream().map(Solo::fence).toList()),
          ClaimClient.this::changed);
    }

    @Override
    public boolean isWanted(Solo solo) {
      return solo.wanted().getAsBoolean();
    }
  }

  private final class Holders implements Leases.Listener {
    @Override
    public void lost(ClaimAttempt attempt) {
      leave(attempt);
      attempt.claimant().lost();
    }

    @Override
    public void troubled(@Nullable Throwable cause) {
      changed(cause);
    }
  }
}
