package dev.tailrace.smallworld;

import static dev.tailrace.smallworld.SmallWitness.hold;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.dispatch.Dispatcher;
import dev.tailrace.dispatch.Order;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.BreakerPolicy;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.TrackedPartition;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One of the two instances: the production core of one consumer on its loop, and its lines. */
final class SmallInstance {
  static final String PIPELINE = "orders";
  static final Duration LEASE = Duration.ofMillis(900);
  private static final int CONCURRENCY = 2;
  private static final Duration NEVER = Duration.ofHours(1);

  final SimulatedLoop loop;
  final Line storeLine;
  final Line groupLine;
  private final SmallWitness witness;
  private final List<Call> calls = new ArrayList<>();
  private final BitSet settled = new BitSet(); // before or in the epoch that began last
  private final BitSet unclean = new BitSet(); // epochs that ended without their work
  private int epoch;
  private int startedEpoch; // of the flight that calls its handler now
  private boolean holding; // the epoch that began last has not ended here yet
  private boolean answerable; // for what it settled in the epoch that began last
  private boolean evicted; // and does not know
  private @Nullable Core core; // null once it has crashed

  /** What ends with the process. */
  private record Core(Dispatcher dispatcher, SmallSource source) {}

  /** A handler that runs. */
  record Call(SmallMessage message, int epoch, int token, Promise<Outcome> promise) {}

  SmallInstance(
      SimulatedLoop loop, SmallWitness witness, SmallGroup group, @Nullable SmallStore store) {
    this.loop = loop;
    this.witness = witness;
    this.storeLine = new Line(loop);
    this.groupLine = new Line(loop);
    Events events = new Events();
    SourceEnvironment environment =
        new SourceEnvironment(PIPELINE, loop.toString(), 0, loop, events);
    SmallSource source = new SmallSource(environment, new GroupLine(group));
    Crew crew =
        new Crew(
            PIPELINE,
            loop,
            events,
            (MessageHandler) this::handle,
            new Workers("small", CONCURRENCY),
            Crew.Timing.of(NEVER),
            RetryPolicy.DEFAULT.with(BreakerPolicy.OFF),
            store == null ? null : claiming(store),
            null);
    DispatchConfig config = new DispatchConfig(PIPELINE, Order.KEY, CONCURRENCY, 16, 1_000, 2);
    Dispatcher dispatcher = new Dispatcher(config, crew, source);
    this.core = new Core(dispatcher, source);
    loop.turn(() -> source.open(dispatcher));
  }

  private Crew.Claiming claiming(SmallStore store) {
    ClaimConfig config =
        ClaimConfig.of(
            loop.toString(), LEASE, Duration.ofDays(1), ClaimConfig.WhenUnavailable.PAUSE);
    ClaimClient client = new ClaimClient(loop, store.reachedBy(this, storeLine), config);
    KeyRule rule = KeyRule.parse("position", KeyRule.OnMissing.POSITION);
    return new Crew.Claiming(rule, client, false);
  }

  private final class GroupLine implements SmallSource.SmallGroupLine {
    private final SmallGroup group;

    GroupLine(SmallGroup group) {
      this.group = group;
    }

    @Override
    public Future<Reply<Void>> commit(int generation, Partition partition, Position position) {
      TrackedPartition tracked = source().tracked();
      boolean owned = tracked != null && tracked.partition().equals(partition);
      hold(owned, "P6", SmallInstance.this, " commits ", partition, ", whose epoch has ended");
      return groupLine.ask(
          Line.Kind.COMMIT,
          () -> group.commit(generation, SmallInstance.this, partition, position));
    }

    @Override
    public Future<Reply<Position>> readBack() {
      return groupLine.ask(Line.Kind.COMMIT, () -> Reply.ok(group.committed()));
    }
  }

  // -- the group; what it says arrives as a turn of the loop

  void assigned(Position committed, int generation) {
    epoch++;
    holding = true;
    answerable = true;
    settled.clear();
    for (SmallMessage message : SmallMessage.LOG) {
      settled.set(message.offset(), SmallWitness.saysFinished(committed, message.offset()));
    }
    loop.execute(
        () -> {
          source().join(generation);
          source().assigned(committed);
        });
  }

  void revoke(Consumer<SmallInstance> handedOver) {
    int going = epoch;
    loop.execute(
        () ->
            source()
                .revoked()
                .onComplete(
                    ended -> {
                      hold(
                          unclean.get(going) || calls.stream().noneMatch(of(going)),
                          "P3",
                          this,
                          " has handed over while its handler runs");
                      letGo(going);
                      handedOver.accept(this);
                    }));
  }

  private static Predicate<Call> of(int epoch) {
    return call -> call.epoch() == epoch;
  }

  void join(int generation) {
    source().join(generation);
  }

  /** Its partition has gone to another, and it does not know. */
  void evict() {
    evicted = true;
    unclean.set(epoch);
  }

  boolean isEvicted() {
    return evicted;
  }

  /** It learns that its partition has gone. */
  void learn(int generation) {
    evicted = false;
    int gone = epoch;
    loop.execute(
        () -> {
          source().join(generation);
          source().lost();
          letGo(gone);
          succeeded();
        });
  }

  private void letGo(int ended) {
    holding &= ended != epoch; // or the next one has begun at the group meanwhile
  }

  void crash() {
    loop.crash();
    core = null;
    evicted = false;
    calls.clear();
    storeLine.crash();
    groupLine.crash();
    if (holding) {
      unclean.set(epoch);
    }
    holding = false;
  }

  // -- the way of a message

  boolean canPoll() {
    return !loop.isCrashed() && source().canPoll();
  }

  void poll() {
    source().poll();
  }

  private Future<Outcome> handle(Message message, MessageContext context) {
    SmallMessage small = (SmallMessage) message;
    int token = context.fence().map(fence -> (int) fence.token()).orElse(0);
    Call call = new Call(small, startedEpoch, token, Promise.promise());
    for (Call other : calls) {
      hold(
          other.epoch() != call.epoch() || !other.message().key().equals(small.key()),
          "P3",
          message,
          " runs beside ",
          other.message());
    }
    witness.starts(small);
    calls.add(call);
    return call.promise().future();
  }

  /** How many handlers run. */
  int calls() {
    return calls.size();
  }

  /** The handler has its effect, and says that it is done. */
  void finish(int index) {
    Call call = calls.remove(index);
    witness.effect(this, call);
    loop.execute(() -> call.promise().complete(Outcome.done()));
  }

  private final class Events implements PoolEvents {
    @Override
    public void started(Subject subject) {
      startedEpoch = subject.epoch();
    }

    @Override
    public void settled(Subject subject, Finish finish, String detail) {
      SmallMessage message = (SmallMessage) subject.message();
      witness.settled(message, detail);
      if (subject.epoch() == epoch && answerable) {
        settled.set(message.offset());
      }
    }

    @Override
    public void overran(Subject subject) {
      unclean.set(subject.epoch());
      witness.overran();
    }
  }

  private SmallSource source() {
    return Objects.requireNonNull(core).source();
  }

  private Dispatcher dispatcher() {
    return Objects.requireNonNull(core).dispatcher();
  }

  // -- what the witness asks

  /** Whether what was done in this epoch may be done again by the next owner. */
  boolean mayRepeat(int ofEpoch) {
    return unclean.get(ofEpoch);
  }

  /** Whether its last epoch ended with its work. */
  boolean endedCleanly() {
    return !unclean.get(epoch);
  }

  /**
   * Its partition is another's, or nobody's without having been handed over: what it did in its
   * last epoch is forgotten as soon as that has ended here, too.
   *
   * <p>So of each instance one epoch is remembered at most, with a bit for each message. Before its
   * end the mark is held against that; after it there is nothing that could be: a commit is a
   * breach of P6 then, whatever it says, when it is sent and when it arrives, and what is settled
   * late may change neither the next owner's positions, which have books of their own, nor these.
   */
  void succeeded() {
    if (!holding) {
      answerable = false;
      settled.clear();
    }
  }

  /** What was finished when its last epoch began, or in it. */
  BitSet settled() {
    return settled;
  }

  /** P4, P7 and P10 at this instant. */
  void check() {
    TrackedPartition tracked = source().tracked();
    if (tracked != null && tracked.partition().epoch() == epoch) {
      int known = settled.nextClearBit(0);
      hold(tracked.progress().mark() <= known, "P7", "moved by work of an older epoch: ", known);
    }
    MessageCounts counts = loop.call(dispatcher()::counts);
    hold(
        counts.received()
            == counts.finishedTotal() + counts.released() + counts.abandoned() + counts.inFlight(),
        "P10",
        counts);
    hold(counts.executing() <= CONCURRENCY, "P4", counts);
  }

  void checkRest(boolean owner) {
    hold(loop.call(dispatcher()::counts).inFlight() == 0, "P1", this, " rests with work in flight");
    if (!owner && (holding || answerable || !settled.isEmpty())) {
      throw new IllegalStateException(
          "the witness remembers an epoch of " + this + " that is over");
    }
  }

  @Override
  public String toString() {
    return loop.toString();
  }
}
