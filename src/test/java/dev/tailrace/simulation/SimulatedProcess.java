package dev.tailrace.simulation;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.Idempotency;
import dev.tailrace.app.Pipeline;
import dev.tailrace.app.PipelineLimits;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.app.PoolOnLoops;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.StoreFactory;
import dev.tailrace.message.HandlerShape;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.PoolEventsFanOut;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.ReadLimits;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.SourceEnvironment;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One process: its loops, its pool, its members; it can be frozen, thawed, crashed and drained. */
final class SimulatedProcess {
  private final World world;
  private final String name;
  private final SimulatedLoop control;
  private final List<SimulatedLoop> loops = new ArrayList<>();
  private final List<ConsumerView> views = new ArrayList<>();
  private final List<GroupMember> members = new ArrayList<>();
  private final ProcessLog log;
  private final SolitudeJudge solitude;
  private final PoolOnLoops pool;
  private @Nullable Future<DrainReport> drain;
  private long drainedAt;
  private List<String> taken = List.of(); // as the drain began
  private int epochs;
  private boolean crashed;
  private boolean exited;
  private boolean clean;
  private boolean frozen;
  private boolean forced;
  private long lastFrozen = Long.MIN_VALUE;

  SimulatedProcess(World world, int number) {
    this.world = world;
    this.name = "worker-" + number;
    this.control = world.simulation().loop(name + " control");
    this.solitude = new SolitudeJudge(world, this);
    this.log = ProcessLog.open(world, name, control);
    this.pool =
        new PoolOnLoops(
            new PoolIdentity("orders", name, name + "-1", "simulated", "dev"),
            pipeline(),
            world.settings().pool().drain(),
            control,
            new PoolEventsFanOut(List.of(new DrainEvents(), log.events())));
  }

  private Pipeline pipeline() {
    WorldSettings settings = world.settings();
    WorldSettings.Pool configured = settings.pool();
    Pipeline.Builder builder =
        Pipeline.named("orders")
            .source(new MemberSourceConfig())
            .handler(this::handler)
            .order(configured.order())
            .limits(configured.limits())
            .batches(configured.batches())
            .timeout(configured.timeout())
            .retry(configured.retry());
    if (settings.store() != WorldSettings.Store.NONE) {
      KeyRule rule = KeyRule.parse("header:" + WorldMessage.ID, KeyRule.OnMissing.DEAD_LETTER);
      StoreFactory store =
          settings.store() == WorldSettings.Store.MEMORY
              ? (loop, namespace) -> new MemoryStore(loop, MemoryStore.MemoryLimits.DEFAULT)
              : (loop, namespace) ->
                  new StoreClient(
                      world.store(),
                      this,
                      (SimulatedLoop) loop,
                      link(loop, world.store().server()));
      builder.idempotency(new Idempotency(store, rule, settings.lease(), Duration.ofDays(7)));
    }
    if (settings.deadLetters()) {
      builder.deadLetter(new Letters());
    }
    if (settings.moves()) {
      TierServer tiers = world.tiers;
      builder.retryTiers(List.of(tiers.tier(loop -> link(loop, tiers.server()))));
    }
    return builder.build();
  }

  private Link link(Loop loop, Server server) {
    return new Link(
        world.simulation(),
        (SimulatedLoop) loop,
        server,
        world.settings().patience(),
        new Link.Manner(false, this::isDead));
  }

  private HandlerShape handler() {
    return ScriptedHandler.of(world, views.get(views.size() - 1), world.settings().pool().shape());
  }

  /** Opens all consumers; not in a turn. */
  void start() {
    for (int i = 0; i < world.settings().pool().consumers(); i++) {
      SimulatedLoop loop = world.simulation().loop(name + "/" + i);
      ConsumerView view = new ConsumerView(world, this, loop, i);
      loops.add(loop);
      views.add(view);
      PoolEvents events = new PoolEventsFanOut(List.of(view, log.events()));
      loop.turn(() -> pool.open(loop, events));
    }
  }

  SolitudeJudge solitude() {
    return solitude;
  }

  void add(GroupMember member) {
    members.add(member);
  }

  GroupMember member(int index) {
    return members.get(index);
  }

  List<GroupMember> members() {
    return members;
  }

  List<ConsumerView> views() {
    return views;
  }

  int nextEpoch() {
    return ++epochs;
  }

  MessageCounts counts(int consumer) {
    return pool.counts(consumer);
  }

  // -- what befalls it

  /** As by SIGKILL; also within one of its turns, of which then nothing gets out any more. */
  void crash() {
    world.tell(() -> this + " crashes");
    crashed = true;
    end();
  }

  private void end() {
    all().forEach(SimulatedLoop::crash);
    members.forEach(member -> member.silence(true));
    log.end(crashed);
  }

  private List<SimulatedLoop> all() {
    List<SimulatedLoop> all = new ArrayList<>(loops);
    all.add(control);
    return all;
  }

  void freeze() {
    world.tell(() -> this + " freezes");
    frozen = true;
    all().forEach(SimulatedLoop::freeze);
    members.forEach(member -> member.silence(true));
  }

  void thaw() {
    if (frozen && !isDead()) {
      frozen = false;
      world.tell(() -> this + " thaws");
      lastFrozen = world.simulation().nanos();
      all().forEach(SimulatedLoop::thaw);
      members.forEach(member -> member.silence(false));
    }
  }

  /** As by SIGTERM; not in a turn. */
  void drain() {
    if (drain == null && !isDead()) {
      world.tell(() -> this + " drains");
      drainedAt = world.simulation().nanos();
      taken = views.stream().flatMap(view -> view.takenBeforeTheCalm().stream()).toList();
      Future<DrainReport> begun = control.call(pool::drain);
      drain = begun;
      begun.onSuccess(this::drained);
    }
  }

  /** As by a second SIGTERM; not in a turn. */
  void force() {
    if (isDraining()) {
      forced = true;
      world.saw(Sometimes.DRAIN_FORCED);
      pool.force();
    }
  }

  private void drained(DrainReport report) {
    if (!crashed) {
      world.tell(() -> this + " has drained");
      new DrainJudge(world, this).judge(report);
      exited = true;
      clean = report.exitCode() == 0;
      log.report(report);
      end();
    }
  }

  void pause(int consumer) {
    world.tell(() -> this + " pauses " + consumer);
    loops.get(consumer).turn(() -> pool.pause(consumer));
  }

  void resume(int consumer) {
    world.tell(() -> this + " resumes " + consumer);
    loops.get(consumer).turn(() -> pool.resume(consumer));
  }

  /** Goes by other limits from now on, while it works. */
  void change(PipelineLimits next) {
    world.tell(() -> this + " changes its limits to " + next);
    if (hasWork()) {
      world.saw(Sometimes.LIMITS_CHANGED_WITH_WORK);
    }
    for (int i = 0; i < views.size(); i++) {
      int index = i;
      MessageCounts held = loops.get(i).look(() -> counts(index));
      PipelineLimits share = share(next, i);
      if (held.executing() > share.concurrency()
          || held.buffered() + held.parked() > share.bufferMessages()) {
        world.saw(Sometimes.LIMITS_LOWERED_BELOW_WHAT_IS_HELD);
      }
    }
    each(next, LimitsInForce::changing);
    pool.change(
        next, () -> each(next, LimitsInForce::taken), () -> each(next, LimitsInForce::kept));
  }

  private void each(PipelineLimits next, BiConsumer<LimitsInForce, PipelineLimits> change) {
    for (int i = 0; i < views.size(); i++) {
      PipelineLimits share = share(next, i);
      views.get(i).limits(limits -> change.accept(limits, share));
    }
  }

  private PipelineLimits share(PipelineLimits whole, int consumer) {
    return whole.share(consumer, world.settings().pool().consumers());
  }

  /** What one consumer begins with. */
  PipelineLimits share(int consumer) {
    return share(world.settings().pool().limits(), consumer);
  }

  // -- how it stands

  /** It has crashed, or is gone in order. */
  boolean isDead() {
    return crashed || exited;
  }

  boolean hasDrainedClean() {
    return clean;
  }

  boolean isFrozen() {
    return frozen;
  }

  boolean isForced() {
    return forced;
  }

  boolean isDraining() {
    return drain != null && !isDead();
  }

  boolean wasFrozenSince(long nanos) {
    return frozen || lastFrozen >= nanos;
  }

  long drainedAt() {
    return drainedAt;
  }

  /**
   * Partitions whose work still ended here as the drain began, although the broker had evicted
   * their member before the world was calm: what it finished in them, nobody can commit.
   */
  List<String> taken() {
    return taken;
  }

  /** Whether one of its loops has the turn. */
  boolean inTurn() {
    return all().stream().anyMatch(SimulatedLoop::inLoop);
  }

  /** Whether anything is in its consumers, or on its way out of them. */
  boolean hasWork() {
    for (int i = 0; i < views.size(); i++) {
      if (views.get(i).inFlight() > 0 || members.get(i).isHandingOver()) {
        return true;
      }
    }
    return false;
  }

  /** Whether the consumer of this member executes something. */
  boolean isBusy(GroupMember member) {
    return views.get(members.indexOf(member)).hasPermits();
  }

  @Override
  public String toString() {
    return name;
  }

  private final class DrainEvents implements PoolEvents {
    @Override
    public void drainBegin(String trigger, String reason) {
      views.forEach(ConsumerView::drainBegins);
    }
  }

  private final class MemberSourceConfig implements SourceConfig {
    @Override
    public int consumers() {
      return world.settings().pool().consumers();
    }

    @Override
    public String describe() {
      return "orders";
    }

    @Override
    public ReadLimits limits() {
      WorldSettings.Group group = world.settings().group();
      return new ReadLimits(group.poll(), group.window(), 0);
    }

    @Override
    public Source source(SourceEnvironment environment) {
      return new MemberSource(world, SimulatedProcess.this, environment);
    }
  }

  private final class Letters implements SinkFactory {
    @Override
    public String destination() {
      return "orders.dlq";
    }

    @Override
    public boolean isSameAs(String kind, String topic) {
      return false;
    }

    @Override
    public DeadLetterBox box(Loop loop) {
      throw new UnsupportedOperationException("nobody reads dead letters in a simulation");
    }

    @Override
    public Sink sink(Loop loop) {
      return world.letters().client(link(loop, world.letters().server()));
    }
  }
}
