package dev.tailrace.processing;

import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.FailPoint;
import dev.tailrace.runtime.Work;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one message, from its permit to the permit's return: a small state machine rather
 * than a chain of futures, so that a handler whose future is already complete costs no further
 * turn.
 *
 * <p>Belongs to the consumer's loop.
 */
public final class Flight extends Attempt {
  /** How far a flight has come. */
  public enum Stage {
    /** Waits for its claim. */
    CLAIMING,
    /** Has its claim, and waits to be alone in its process, or for its batch. */
    WAITING,
    /** The handler runs. */
    HANDLING,
    /** The handler has ended; its outcome is being written down. */
    SETTLING,
    /** Over. */
    LANDED;

    /** As written in the drain report. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Vert.x's own default bound (maxEventLoopExecuteTime), whose warning names no message. */
  private static final long MOST_ON_LOOP = Duration.ofSeconds(2).toNanos();

  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
  private static final Landing NOT_STARTED = new Landing.Released("not started");

  private final long departed;

  private Stage stage = Stage.CLAIMING; // event loop only
  private @Nullable Work<Outcome> work; // event loop only
  private @Nullable Solo solo; // event loop only; while it waits to be alone

  /**
   * Prepares a flight; nothing happens before {@link #depart}.
   *
   * @param now by the loop's clock
   */
  public Flight(Airport airport, WorkItem item, long now) {
    super(airport, item, now);
    this.departed = now;
  }

  /** Claims the message's key where there is a store, then calls the handler. */
  public void depart() {
    assert crew().loop().inLoop();
    FailPoint.BEFORE_CLAIM.reach();
    Crew.Claiming claims = crew().claims();
    if (isUnstartable()) {
      land(new Landing.Released("it may have passed to another"));
    } else if (claims == null && item.delivery().suspected()) {
      new Resumption(crew(), this).request();
    } else if (claims == null) {
      call(item.failures(), departed);
    } else {
      new Claim(crew(), claims, this).request();
    }
  }

  // -- what happens to a flight from outside

  /** The message must not start any more: a flight still waiting for its claim ends as released. */
  public void forbidStart() {
    tell(told().withoutStart());
    Solo waiting = solo;
    if (waiting != null) {
      airport.landings().leaveSolitude(waiting);
      waiting.giveUp(Duration.ZERO);
    } else if (stage == Stage.WAITING) {
      airport.landings().leaveBatch(this);
      leaveBatch(NOT_STARTED);
    }
  }

  /** The drain or a revocation has begun; the handler has until {@code cutoffNanos} at most. */
  public void limit(long cutoffNanos, boolean poolDrains) {
    tell(told().limited(cutoffNanos, poolDrains));
  }

  /** Asks the handler to end early; only the first request counts. */
  public void cancel(CancelReason reason) {
    assert crew().loop().inLoop();
    if (cancelReason() != null || stage != Stage.HANDLING) {
      return;
    }
    requestCancellation(reason);
    if (work != null) {
      work.interrupt();
    }
  }

  /** The drain goes on without this flight; whatever it still brings changes nothing. */
  public void leave() {
    tell(told().withoutIt());
  }

  /**
   * Requests cancellation when the time-out has passed, and names a handler that is stuck.
   *
   * @return nanoseconds until there may be more to do for this call; above zero, and {@link
   *     Long#MAX_VALUE} where nothing is
   */
  public long checkTime(long now) {
    if (stage != Stage.HANDLING) {
      return Long.MAX_VALUE;
    }
    long running = now - since;
    Crew.Timing timing = crew().timing();
    long timeout = timing.timeout().toNanos();
    if (running < timeout) {
      return timeout - running;
    }
    cancel(CancelReason.TIMEOUT);
    long grace = timing.grace().toNanos();
    if (running - timeout < grace) {
      return timeout + grace - running;
    }
    if (!isStuck()) {
      tell(told().foundStuck());
      if (told().speaksFor() > 0) {
        String where = stack().stream().findFirst().map(frame -> " at " + frame).orElse("");
        alarm(Alarm.STUCK, called() + " runs for " + running / 1_000_000 + " ms" + where);
      }
    }
    return Long.MAX_VALUE;
  }

  private String called() {
    int more = told().speaksFor() - 1;
    return more == 0 ? item.toString() : item + ", in a batch with " + more + " more,";
  }

  private void alarm(Alarm kind, String detail) {
    crew().events().alarm(item.pipeline(), item.position().source(), kind, detail);
  }

  // -- what others read

  /** The message in the pool. */
  public WorkItem item() {
    return item;
  }

  /** How far it has come. */
  public Stage stage() {
    return stage;
  }

  /** Whether the handler has run past its time-out and the grace after it, and still runs. */
  public boolean isStuck() {
    return told().stuck() && stage == Stage.HANDLING;
  }

  /** Nanoseconds from its permit until it landed; meanwhile, until it was called or its end. */
  public long age() {
    return since - departed;
  }

  /** Where a blocking handler is now; empty otherwise. */
  public List<StackTraceElement> stack() {
    return work == null ? List.of() : work.stack();
  }

  // -- the way of the flight

  boolean isUnstartable() {
    return told().stays() || !item.delivery().mayStart();
  }

  boolean mayStart() {
    return airport.landings().mayStart();
  }

  void awaitSolitude(Solo start) {
    solo = start;
    stage = Stage.WAITING;
    airport.landings().awaitSolitude(start);
  }

  /** It waits no longer to be alone. */
  void goOn() {
    solo = null;
    stage = Stage.CLAIMING;
  }

  /**
   * Calls the handler, or has that done with others in a batch; its attempt follows the failures
   * that are known.
   */
  void call(int failuresKnown) {
    call(failuresKnown, crew().loop().nanos());
  }

  private void call(int failuresKnown, long now) {
    if (crew().handler() instanceof BatchHandler) {
      item.know(failuresKnown);
      stage = Stage.WAITING;
      airport.landings().board(this);
      return;
    }
    begin(failuresKnown, now);
    if (crew().handler() instanceof BlockingHandler) {
      work = crew().loop().offload(crew().workers(), HandlerCall.blocking(crew(), item, this));
      await(work.future());
      return;
    }
    Future<Outcome> outcome = HandlerCall.invoke(crew(), item, this);
    long returned = crew().loop().nanos();
    checkLoop(returned - now);
    airport.landings().returned(returned);
    if (outcome.isComplete()) {
      ended(outcome, returned);
    } else {
      await(outcome);
    }
  }

  private void await(Future<Outcome> outcome) {
    outcome.onComplete(new Ended(this, outcome));
  }

  void hasEnded(Ended handler) {
    airport.landings().ended(handler);
  }

  void ended(Future<Outcome> outcome, long now) {
    HandlerCall.passOn(outcome.cause(), crew().loop());
    handled(outcome, now);
  }

  /** Its handler is about to be called. */
  void begin(int failuresKnown, long now) {
    item.begin(failuresKnown);
    attempt = item.attempt();
    stage = Stage.HANDLING;
    crew().events().started(item);
    since = now;
    FailPoint.BEFORE_EFFECT.reach();
  }

  // -- with others in a batch

  /** Of its batch one speaks for all, since they are one call: 0 for the others. */
  void speakFor(int messages) {
    tell(told().speakingFor(messages));
  }

  /**
   * Whether no other message is in its batch: it failed with one, and nobody said that it was not
   * the cause.
   */
  public boolean isAlone() {
    return item.isAlone();
  }

  /** It leaves the batch for which it waited, which starts without it. */
  void leaveBatch(Landing landing) {
    stage = Stage.CLAIMING;
    giveBack(landing);
  }

  /** Its claim has passed to another: where it still waits for its batch, it does not start. */
  void claimLost() {
    if (stage == Stage.WAITING && solo == null) {
      airport.landings().leaveBatch(this);
      leaveBatch(new Landing.Again(ASK_AGAIN, "its claim was lost", Landing.Why.BUSY));
    } else {
      cancel(CancelReason.CLAIM_LOST);
    }
  }

  /** Ends the flight before its handler was called, once its claim, where it has one, is back. */
  void giveBack(Landing landing) {
    Crew.Claiming claims = crew().claims();
    Fence held = claim();
    if (claims == null || held == null) {
      crew().loop().execute(() -> land(landing)); // whoever has it leave is not done yet
    } else {
      claims
          .client()
          .release(held, Why.UNSTARTED)
          .onComplete(any -> crew().loop().execute(() -> land(landing)));
    }
  }

  /** Names a handler that has kept the event loop from everyone else, once its call returns. */
  void checkLoop(long kept) {
    if (kept > MOST_ON_LOOP) {
      alarm(Alarm.BLOCKED, called() + " blocked its event loop for " + kept / 1_000_000 + " ms");
    }
  }

  /** Its handler has ended, or the one of its batch. */
  void handled(Future<Outcome> ended, long now) {
    FailPoint.BEFORE_MARK.reach();
    Future<Outcome> result =
        ended.succeeded() && ended.result() == null ? HandlerCall.nothing("a null outcome") : ended;
    crew().events().handled(item, now - since, HandlerCall.label(result));
    since = now;
    stage = Stage.SETTLING;
    if (told().left()) {
      land(new Landing.Unsettled("handling"));
    } else {
      Settlement.settle(crew(), this, result);
    }
  }

  /** Whether its message, having failed, may give its permit back while it waits. */
  boolean mayPark() {
    return airport.landings().mayPark(item);
  }

  /** Ends the flight, of which nothing had to be written down. */
  void landAtOnce(Landing landing) {
    crew().events().settling(item, 0);
    end(landing);
  }

  /** Ends the flight; called once. */
  void land(Landing landing) {
    long now = crew().loop().nanos();
    if (stage == Stage.SETTLING) {
      crew().events().settling(item, now - since);
    }
    since = now;
    end(landing);
  }

  private void end(Landing landing) {
    assert stage != Stage.LANDED : "landed twice: " + item;
    stage = Stage.LANDED;
    airport.landings().landed(this, landing);
  }

  @Override
  public String toString() {
    return item + " attempt " + attempt + " " + stage.label();
  }
}
