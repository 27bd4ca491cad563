package dev.tailrace.simulation;

import dev.tailrace.message.BatchHandler;
import dev.tailrace.message.BlockingHandler;
import dev.tailrace.message.CancelReason;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.Choices;
import dev.tailrace.simulation.WorldSettings.Shape;
import dev.tailrace.simulation.WorldSettings.Store;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The handler of one consumer: each message has its fate, how long it takes is by choice. */
final class ScriptedHandler {
  private static final long LONG_MILLIS = 12_000;
  private static final long SHORT_NANOS = 5_000_000;
  private static final long CURE_NANOS = Duration.ofMinutes(1).toNanos();

  private final World world;
  private final ConsumerView view;
  private final Choices choices;

  private ScriptedHandler(World world, ConsumerView view) {
    this.world = world;
    this.view = view;
    this.choices = world.choices();
  }

  static HandlerShape of(World world, ConsumerView view, Shape shape) {
    ScriptedHandler handler = new ScriptedHandler(world, view);
    return switch (shape) {
      case BLOCKING -> (BlockingHandler) (message, context) -> handler.block(context);
      case BATCH -> (BatchHandler) handler::batch;
      case ASYNCHRONOUS -> (MessageHandler) (message, context) -> handler.handle(context);
    };
  }

  /** One call. */
  private static final class Call {
    final Stay stay;
    final Future<CancelReason> cancellation;

    final MessageContext context;

    /** With others in a batch, for which a failed future would not tell which one it means. */
    final boolean shared;

    Call(Stay stay, MessageContext context, boolean shared) {
      this.stay = stay;
      this.context = context;
      this.shared = shared;
      this.cancellation = context.cancellation();
    }

    boolean wasCancelled() {
      return cancellation.isComplete();
    }

    /**
     * A failure that shutdown asked for is none of the message's; on a worker the reason is known
     * some turns later.
     */
    BooleanSupplier failureCounts() {
      boolean cancelled = context.cancelled();
      return () -> !cancelled || cancellation.result() == CancelReason.TIMEOUT;
    }
  }

  private Call begin(MessageContext context) {
    return begin(context, false);
  }

  private Call begin(MessageContext context, boolean shared) {
    Stay stay = view.stay((Flight) context);
    world.effects().called(stay, context);
    stay.message.calls++;
    return new Call(stay, context, shared);
  }

  private Outcome block(MessageContext context) throws InterruptedException {
    if (view.process.isDead()) {
      throw new InterruptedException("the process is gone");
    }
    Call call = begin(context);
    if (kills(call)) {
      throw new InterruptedException("the process is gone");
    }
    if (Thread.currentThread().isInterrupted() && choices.pick(2) == 0) {
      world.effects().returned(call.stay, null, call.failureCounts());
      throw new InterruptedException("asked to end");
    }
    return end(call);
  }

  private Future<Outcome> handle(MessageContext context) {
    if (view.process.isDead()) { // within its last turn
      return Promise.<Outcome>promise().future();
    }
    Call call = begin(context);
    return kills(call) ? Promise.<Outcome>promise().future() : run(call);
  }

  private Future<List<Outcome>> batch(List<MessageContext> contexts) {
    if (view.process.isDead()) {
      return Promise.<List<Outcome>>promise().future();
    }
    boolean shared = contexts.size() > 1;
    List<Call> calls = contexts.stream().map(context -> begin(context, shared)).toList();
    tellOf(calls);
    if (calls.stream().anyMatch(this::kills)) {
      return Promise.<List<Outcome>>promise().future();
    }
    if (shared && !world.isCalm() && choices.pick(6) == 0) {
      Promise<List<Outcome>> spoilt = Promise.promise();
      view.loop.after(duration(), () -> spoil(calls, spoilt));
      return spoilt.future();
    }
    List<Future<Outcome>> each = calls.stream().map(this::run).toList();
    return Future.all(each).map(all -> each.stream().map(Future::result).toList());
  }

  private void tellOf(List<Call> calls) {
    if (calls.size() > 1) {
      world.saw(Sometimes.BATCH_OF_SEVERAL);
      calls.forEach(call -> call.stay.spoilt = false);
    } else if (calls.get(0).stay.spoilt) {
      world.saw(Sometimes.CALLED_ALONE_AFTER_ITS_BATCH);
    }
  }

  /** Of none of them anything is known but that it failed. */
  private void spoil(List<Call> calls, Promise<List<Outcome>> batch) {
    if (view.process.isDead()) {
      return;
    }
    world.saw(Sometimes.BATCH_FAILED_AS_A_WHOLE);
    for (Call call : calls) {
      call.stay.spoilt = true;
      world.effects().returned(call.stay, null, call.failureCounts());
    }
    switch (choices.pick(3)) {
      case 0 -> batch.fail(new IllegalArgumentException("for one of them, by chance"));
      case 1 -> batch.fail(new IllegalStateException("by chance"));
      default -> batch.complete(List.of(Outcome.done()));
    }
  }

  private Future<Outcome> run(Call call) {
    WorldMessage message = call.stay.message;
    boolean first = message.calls == 1 && !world.isCalm();
    if (first && message.fate == Fate.HANGS) {
      Promise<Outcome> hanging = Promise.promise();
      world.whenCalm(view.loop, () -> endLater(call, hanging));
      return hanging.future();
    }
    if (first && message.fate == Fate.HANGS_UNTIL_CANCELLED) {
      return call.shared
          ? call.cancellation.map(reason -> retry(call))
          : call.cancellation.compose(reason -> Future.failedFuture(failure(call)));
    }
    if (choices.pick(3) == 0) {
      return Future.succeededFuture(end(call));
    }
    Promise<Outcome> later = Promise.promise();
    view.loop.after(duration(), () -> endLater(call, later));
    return later.future();
  }

  /** Ends the process, where that is its fate. */
  private boolean kills(Call call) {
    WorldMessage message = call.stay.message;
    boolean counted =
        world.settings().store() == Store.SHARED || !world.positions().limitsMetadata();
    boolean endless = world.settings().ends() && counted;
    boolean now = message.fate == Fate.KILLS && (endless || message.calls <= message.patience);
    if (now) {
      view.process.crash();
      world.replaceSoon();
    }
    return now;
  }

  private Duration duration() {
    return choices.pick(20) == 0 && !world.isCalm()
        ? Duration.ofMillis(choices.between(0, LONG_MILLIS))
        : Duration.ofNanos(choices.between(0, SHORT_NANOS));
  }

  private void endLater(Call call, Promise<Outcome> promise) {
    Outcome outcome;
    try {
      outcome = end(call);
    } catch (IllegalStateException | IllegalArgumentException byFate) {
      promise.fail(byFate);
      return;
    }
    promise.complete(outcome);
  }

  private Outcome end(Call call) {
    if (call.wasCancelled() && call.cancellation.result() == CancelReason.TIMEOUT) {
      world.saw(Sometimes.HANDLER_TIMED_OUT);
    }
    WorldMessage message = call.stay.message;
    if (world.topic().allFail()) {
      return retry(call);
    }
    boolean patient = message.calls > message.patience;
    boolean endless = !world.isCalm() || world.settings().ends();
    boolean lettered = !world.isCalm() || world.settings().deadLetters();
    return switch (message.fate) {
      case GOOD, KILLS, HANGS, HANGS_UNTIL_CANCELLED -> done(call);
      case FLAKY -> patient ? done(call) : retry(call);
      case SNOOZES -> patient ? done(call) : snooze(call);
      case POISON -> endless && poisonLasts() ? retry(call) : done(call);
      case THROWS -> {
        if (patient) {
          yield done(call);
        }
        if (call.shared) {
          yield retry(call);
        }
        throw failure(call);
      }
      case PERMANENT -> {
        if (!endless) {
          yield done(call);
        }
        if (call.shared) {
          yield retry(call);
        }
        world.effects().verdict(call.stay);
        throw new IllegalArgumentException("by fate");
      }
      case DEAD_LETTER -> lettered ? say(call, Outcome.deadLetter("by fate")) : done(call);
      case DISCARD -> say(call, Outcome.discard("by fate"));
      case EFFECT_THEN_FAILURE -> {
        if (message.calls > 1) {
          yield done(call);
        }
        world.effects().effect(call.stay, true);
        yield retry(call);
      }
    };
  }

  /** An outage that never ended would never let it die. */
  private boolean poisonLasts() {
    return !world.isCalm()
        || world.settings().pool().retry().breaker().percent() == 0
        || world.simulation().nanos() - world.calmSince() < CURE_NANOS;
  }

  private Outcome done(Call call) {
    world.effects().effect(call.stay, false);
    return say(call, Outcome.done());
  }

  private Outcome retry(Call call) {
    world.effects().returned(call.stay, Outcome.Kind.RETRY, () -> true);
    return Outcome.retry("by fate");
  }

  private Outcome snooze(Call call) {
    return say(call, Outcome.snooze(Duration.ofMillis(choices.between(0, 50))));
  }

  private Outcome say(Call call, Outcome outcome) {
    world.effects().returned(call.stay, outcome.kind(), () -> false);
    return outcome;
  }

  private RuntimeException failure(Call call) {
    world.effects().returned(call.stay, null, call.failureCounts());
    return new IllegalStateException("by fate");
  }
}
