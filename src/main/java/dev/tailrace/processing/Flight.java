package dev.tailrace.processing;

import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.Fence;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.FailPoint;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Work;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one message, from its permit to the permit's return: a small state machine rather
 * than a chain of futures, so that a handler whose future is already complete costs no further
 * turn.
 *
 * <p>Belongs to the consumer's loop; what a handler may call from elsewhere is volatile.
 */
public final class Flight implements MessageContext {
  /** How far a flight has come. */
  public enum Stage {
    /** Waits for its claim. */
    CLAIMING,
    /** Has its claim, and waits to be alone in its process. */
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

  private static final AtomicReferenceFieldUpdater<Flight, Promise<CancelReason>> CANCELLATION =
      cancellationField();

  private final Airport airport;
  private final WorkItem item;
  private final long departed;

  private Stage stage = Stage.CLAIMING; // event loop only
  private long since; // event loop only: when the handler was called, when it ended, when it landed
  private int attempt; // written before the handler is called
  private @Nullable Work<Outcome> work; // event loop only
  private @Nullable Solo solo; // event loop only; while it waits to be alone
  private @Nullable Fence fence; // written before the handler is called
  private volatile @Nullable Told told; // written on the event loop; null before anything was
  private volatile @Nullable Promise<CancelReason> cancellation; // by CANCELLATION only

  /**
   * Prepares a flight; nothing happens before {@link #depart}.
   *
   * @param now by the loop's clock
   */
  public Flight(Airport airport, WorkItem item, long now) {
    this.airport = airport;
    this.item = item;
    this.departed = now;
    this.since = now;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the updater knows no type arguments
  private static AtomicReferenceFieldUpdater<Flight, Promise<CancelReason>> cancellationField() {
    return (AtomicReferenceFieldUpdater)
        AtomicReferenceFieldUpdater.newUpdater(Flight.class, Promise.class, "cancellation");
  }

  /** Claims the message's key where there is a store, then calls the handler. */
  public void depart() {
    Crew crew = crew();
    assert crew.loop().inLoop();
    FailPoint.BEFORE_CLAIM.reach();
    Crew.Claiming claims = crew.claims();
    if (isUnstartable()) {
      land(new Landing.Released("it may have passed to another"));
    } else if (claims == null && item.delivery().suspected()) {
      new Resumption(crew, this).request();
    } else if (claims == null) {
      call(item.failures(), departed);
    } else {
      new Claim(crew, claims, this).request();
    }
  }

  // -- what happens to a flight from outside

  /** The message must not start any more: a flight still waiting for its claim ends as released. */
  public void forbidStart() {
    told = told().withoutStart();
    Solo waiting = solo;
    if (waiting != null) {
      airport.landings().leaveSolitude(waiting);
      waiting.giveUp(Duration.ZERO);
    }
  }

  /** The drain or a revocation has begun; the handler has until {@code cutoffNanos} at most. */
  public void limit(long cutoffNanos, boolean poolDrains) {
    told = told().limited(cutoffNanos, poolDrains);
  }

  /** Asks the handler to end early; only the first request counts. */
  public void cancel(CancelReason reason) {
    assert crew().loop().inLoop();
    if (cancelReason() != null || stage != Stage.HANDLING) {
      return;
    }
    told = told().cancelled(reason);
    Promise<CancelReason> promise = cancellation;
    if (promise != null) {
      promise.tryComplete(reason);
    }
    if (work != null) {
      work.interrupt();
    }
  }

  /** The drain goes on without this flight; whatever it still brings changes nothing. */
  public void leave() {
    told = told().withoutIt();
  }

  private Told told() {
    Told known = told;
    return known == null ? Told.NOTHING : known;
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
      told = told().foundStuck();
      String where = stack().stream().findFirst().map(frame -> " at " + frame).orElse("");
      alarm(Alarm.STUCK, item + " runs for " + running / 1_000_000 + " ms" + where);
    }
    return Long.MAX_VALUE;
  }

  private void alarm(Alarm kind, String detail) {
    crew().events().alarm(item.pipeline(), item.position().source(), kind, detail);
  }

  private Crew crew() {
    return airport.crew();
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

  @Override
  public Message message() {
    return item.message();
  }

  @Override
  public String pipeline() {
    return item.pipeline();
  }

  @Override
  public int attempt() {
    return attempt;
  }

  @Override
  public Duration remaining() {
    long now = crew().loop().nanos();
    long left = crew().timing().timeout().toNanos() - (now - since);
    return Duration.ofNanos(Math.max(0, told().cut(left, now)));
  }

  @Override
  public boolean draining() {
    return told().drains();
  }

  @Override
  public boolean cancelled() {
    return cancelReason() != null;
  }

  @Override
  public Future<CancelReason> cancellation() {
    Promise<CancelReason> promise = cancellation;
    if (promise == null) {
      Promise<CancelReason> fresh = Promise.promise();
      promise = CANCELLATION.compareAndSet(this, null, fresh) ? fresh : cancellation;
    }
    Promise<CancelReason> shared = Objects.requireNonNull(promise);
    CancelReason reason = cancelReason();
    if (reason != null) {
      crew().loop().execute(() -> shared.tryComplete(reason));
    }
    return shared.future();
  }

  @Override
  public Optional<Fence> fence() {
    return Optional.ofNullable(fence);
  }

  // -- the way of the flight

  boolean isUnstartable() {
    return told().stays() || !item.delivery().mayStart();
  }

  @Nullable Fence claim() {
    return fence;
  }

  @Nullable CancelReason cancelReason() {
    return told().cancelled();
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

  /** Its key is its own. */
  void won(Fence granted) {
    fence = granted;
  }

  /** Calls the handler; its attempt follows the failures that are known. */
  void call(int failuresKnown) {
    call(failuresKnown, crew().loop().nanos());
  }

  private void call(int failuresKnown, long now) {
    Crew crew = crew();
    item.begin(failuresKnown);
    attempt = item.attempt();
    stage = Stage.HANDLING;
    crew.events().started(item);
    since = now;
    FailPoint.BEFORE_EFFECT.reach();
    if (crew.handler() instanceof BlockingHandler blocking) {
      work = crew.loop().offload(crew.workers(), () -> HandlerCall.block(blocking, item, this));
      await(work.future());
      return;
    }
    Future<Outcome> outcome = HandlerCall.invoke((MessageHandler) crew.handler(), item, this);
    long returned = crew.loop().nanos();
    checkLoop(returned - now);
    if (outcome.isComplete()) {
      handled(outcome, returned);
    } else {
      await(outcome);
    }
  }

  private void await(Future<Outcome> outcome) {
    Loop loop = crew().loop();
    outcome.onComplete(ended -> loop.execute(() -> handled(outcome, loop.nanos())));
  }

  /** Names a handler that has kept the event loop from everyone else, once its call returns. */
  private void checkLoop(long kept) {
    if (kept > MOST_ON_LOOP) {
      alarm(Alarm.BLOCKED, item + " blocked its event loop for " + kept / 1_000_000 + " ms");
    }
  }

  private void handled(Future<Outcome> ended, long now) {
    Crew crew = crew();
    FailPoint.BEFORE_MARK.reach();
    Future<Outcome> result =
        ended.succeeded() && ended.result() == null ? HandlerCall.nothing("a null outcome") : ended;
    if (ended.cause() instanceof OutOfMemoryError exhausted) {
      // Not the message's alone: whoever runs this process has to hear of it, and to end it.
      crew.loop()
          .execute(
              () -> {
                throw exhausted;
              });
    }
    crew.events().handled(item, now - since, HandlerCall.label(result));
    since = now;
    stage = Stage.SETTLING;
    if (told().left()) {
      land(new Landing.Unsettled("handling"));
    } else {
      Settlement.settle(crew, this, result);
    }
  }

  /** Whether its message, having failed, may give its permit back while it waits. */
  boolean mayPark() {
    return airport.landings().mayPark(item);
  }

  /** When its handler was called, then when it ended, then when it landed. */
  long since() {
    return since;
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
