package dev.tailrace.simulation;

import dev.tailrace.message.Fence;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.SimulatedLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer says of itself, kept against the truth and against its own counts: promises P4,
 * P5 and P10; what it says of effects, order, attempts and positions goes to the other judges. It
 * is deaf to the dead.
 */
final class ConsumerView implements PoolEvents {
  final SimulatedProcess process;
  final SimulatedLoop loop;
  private final World world;
  private final int index;
  private final IdentityHashMap<Subject, Stay> stays = new IdentityHashMap<>();
  private final Map<String, Epoch> epochs = new HashMap<>(); // by source, the last one
  private final WaitJudge waits;
  private final LimitsInForce limits;
  private boolean dirty;
  private boolean draining;
  private long received;
  private long finished;
  private long released;
  private long abandoned;
  private int executing;
  private int waiting;

  ConsumerView(World world, SimulatedProcess process, SimulatedLoop loop, int index) {
    this.world = world;
    this.process = process;
    this.loop = loop;
    this.index = index;
    this.waits = new WaitJudge(world, this);
    this.limits = new LimitsInForce(world, this, process.share(index));
  }

  /** What waits may have had no permit until now. */
  void limits(Consumer<LimitsInForce> change) {
    waits.permitsChange();
    change.accept(limits);
  }

  Stay stay(Subject subject) {
    Stay stay = stays.get(subject);
    if (stay == null) {
      throw world.broken("P10: " + this + " tells of " + subject + ", which is not in it");
    }
    return stay;
  }

  Stay stay(Flight flight) {
    return stay(flight.item());
  }

  private Stay change(Subject subject, String what) {
    return change(subject, () -> what);
  }

  private Stay change(Subject subject, Supplier<String> what) {
    changed();
    Stay stay = stay(subject);
    world.tell(() -> stay + " " + what.get());
    return stay;
  }

  private void changed() {
    if (!dirty) {
      dirty = true;
      world.changed(this);
    }
  }

  // -- partitions

  @Override
  public void assigned(String pipeline, String source, int epoch, String position) {
    if (!process.isDead()) {
      Topic.PartitionLog log = world.topic().log(source);
      epochs.put(source, new Epoch(source, epoch, process.member(index), log.committed));
      world.tell(() -> this + " begins " + source + "#" + epoch + " at " + position);
    }
  }

  @Override
  public void revoked(String pipeline, String source, int number, String commit) {
    Epoch epoch = epochs.get(source);
    if (epoch != null && epoch.number == number && !process.isDead()) {
      epoch.state = Epoch.State.REVOKED;
      world.tell(() -> this + " ends " + source + "#" + number);
      world.positions().ended(epoch);
    }
  }

  @Override
  public void lost(String pipeline, String source, int number) {
    Epoch epoch = epochs.get(source);
    if (epoch != null && epoch.number == number) {
      epoch.state = Epoch.State.LOST;
      world.tell(() -> this + " lost " + source + "#" + number);
    }
  }

  List<String> takenBeforeTheCalm() {
    return epochs.values().stream()
        .filter(epoch -> epoch.state == Epoch.State.OPEN)
        .filter(epoch -> world.coordinator().evictedBefore(epoch.member.id(), world.calmSince()))
        .map(epoch -> epoch.source)
        .toList();
  }

  // -- messages

  @Override
  public void received(Subject subject) {
    if (process.isDead()) {
      return;
    }
    changed();
    WorldMessage message = (WorldMessage) subject.message();
    Epoch epoch = epochs.get(message.origin().source());
    if (epoch == null || epoch.number != subject.epoch() || epoch.state != Epoch.State.OPEN) {
      throw world.broken("P7: " + message + " received in an epoch that is not open");
    }
    if (draining) {
      throw world.broken("P5: " + message + " received after the drain began");
    }
    Stay stay = new Stay(message, this, epoch);
    stays.put(subject, stay);
    world.tell(() -> stay + " is received");
    received++;
    waiting++;
    waits.waits(stay, Duration.ZERO);
  }

  @Override
  public void waited(Subject subject, long nanos) {
    if (!process.isDead()) {
      Stay stay = change(subject, "has a permit");
      expect(stay, stay.stage != Stay.Stage.EXECUTING, "has a permit twice");
      waits.starts(stay);
      stay.stage = Stay.Stage.EXECUTING;
      stay.startedWithPermit = false;
      waiting--;
      executing++;
    }
  }

  @Override
  public void claim(Subject subject, String answer, @Nullable Fence fence) {
    if (!process.isDead()) {
      world.tell(() -> stay(subject) + " claims: " + answer);
      Stay stay = stay(subject);
      process.solitude().claimed(stay, fence);
      world.effects().claimed(stay, answer);
    }
  }

  @Override
  public void started(Subject subject) {
    if (process.isDead()) {
      return;
    }
    Stay stay = change(subject, "starts");
    expect(stay, stay.stage == Stay.Stage.EXECUTING, "starts without a permit");
    expect(stay, !stay.running, "starts while it runs");
    if (stay.startedWithPermit) {
      world.saw(Sometimes.RETRY_HELD_ITS_PERMIT);
    }
    stay.startedWithPermit = true;
    stay.running = true;
    process.solitude().starts(stay);
    stay.lastAttempt = subject.attempt();
    world.order().starts(stay);
  }

  @Override
  public void handled(Subject subject, long nanos, String outcome) {
    Stay stay = stays.get(subject);
    if (stay != null) {
      world.tell(() -> stay + " has run: " + outcome);
      stay.running = false;
      process.solitude().ends(stay);
      world.order().ends(stay);
    }
  }

  @Override
  public void spared(Subject subject, String reason) {
    Stay stay = stays.get(subject);
    if (stay != null) {
      world.tell(() -> stay + " is spared: " + reason);
      world.saw(Sometimes.SPARED_IN_AN_OUTAGE);
      stay.lastFailed = () -> false;
    }
  }

  @Override
  public void breaker(String pipeline, boolean open, String detail) {
    if (!process.isDead()) {
      world.tell(() -> this + (open ? " opens: " : " closes: ") + detail);
      world.saw(open ? Sometimes.OUTAGE_NOTICED : Sometimes.OUTAGE_OVER);
      waits.breaker(open);
    }
  }

  @Override
  public void suspended(String pipeline, boolean now) {
    if (!process.isDead()) {
      world.tell(() -> this + (now ? " is suspended" : " goes on"));
      waits.suspended(now);
      process.solitude().suspended(this, now);
    }
  }

  @Override
  public void parked(Subject subject, Duration delay, String reason) {
    if (!process.isDead()) {
      Stay stay = change(subject, () -> "is parked for " + delay + ": " + reason);
      expect(stay, stay.stage == Stay.Stage.EXECUTING && !stay.running, "is parked while it runs");
      stay.stage = Stay.Stage.PARKED;
      process.solitude().parked(stay, reason);
      waits.waits(stay, delay);
      waits.permitReturns();
      executing--;
      waiting++;
    }
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    if (!process.isDead()) {
      Stay stay = change(subject, () -> "is settled as " + finish);
      expect(stay, !stay.running, "is settled while it runs");
      world.effects().settled(stay, finish, detail);
      leave(stay);
      finished++;
    }
  }

  @Override
  public void released(Subject subject, String reason) {
    if (!process.isDead()) {
      Stay stay = change(subject, () -> "is released: " + reason);
      expect(stay, !stay.running, "is released while it runs");
      if (draining) {
        boolean parked = stay.stage == Stay.Stage.PARKED;
        world.saw(parked ? Sometimes.PARKED_AT_DRAIN : Sometimes.RELEASED_AT_DRAIN);
      }
      leave(stay);
      released++;
    }
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    if (!process.isDead()) {
      Stay stay = change(subject, () -> "is abandoned: " + stage);
      expect(stay, draining, "is abandoned without a drain");
      world.saw(Sometimes.ABANDONED_AT_DRAIN);
      stay.abandon();
      leave(stay);
      abandoned++;
    }
  }

  @Override
  public void overran(Subject subject) {
    if (!process.isDead()) {
      stay(subject).overran = true;
      world.saw(Sometimes.REVOKE_OVERRAN);
    }
  }

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    if (kind == Alarm.WINDOW_FULL) {
      world.saw(Sometimes.WINDOW_FULL);
    } else if (kind == Alarm.SOURCE_RESET && source.contains("/")) {
      world.saw(Sometimes.POSITIONS_RESTARTED_BELOW);
    } else if (kind == Alarm.STUCK) {
      world.saw(Sometimes.HANDLER_STUCK);
    } else if (kind == Alarm.SUSPECT) {
      process.solitude().announced(detail, stays.values());
    }
  }

  @Override
  public void committed(String pipeline, String source, int epoch, String position) {
    world.tell(() -> this + " committed " + source + "#" + epoch + " " + position);
  }

  @Override
  public void commit(String pipeline, String result) {
    if (result.equals("unknown")) {
      world.saw(Sometimes.UNKNOWN_COMMIT_READ_BACK);
    }
  }

  private void leave(Stay stay) {
    expect(stay, stay.stage != Stay.Stage.GONE, "leaves twice");
    waits.gone(stay);
    if (stay.stage == Stay.Stage.EXECUTING) {
      waits.permitReturns();
      executing--;
    } else {
      waiting--;
    }
    stay.stage = Stay.Stage.GONE;
    process.solitude().rests(stay);
  }

  private void expect(Stay stay, boolean condition, String otherwise) {
    if (!condition) {
      throw world.broken("P10: " + stay + " (" + stay.stage + ") " + otherwise);
    }
  }

  // -- the drain

  void drainBegins() {
    draining = true;
  }

  // -- after every step

  /** P10 and P4, where something has changed since the last look. */
  void check() {
    dirty = false;
    if (process.isDead()) {
      return;
    }
    MessageCounts counts = loop.look(() -> process.counts(index));
    if (counts.received() != received
        || counts.finishedTotal() != finished
        || counts.released() != released
        || counts.abandoned() != abandoned
        || counts.executing() != executing
        || counts.buffered() + counts.parked() != waiting
        || received != finished + released + abandoned + executing + waiting) {
      throw world.broken("P10: " + this + " counts " + counts + ", its events " + tallies());
    }
    limits.check(executing, waiting, counts);
  }

  private String tallies() {
    return "received %d, finished %d, released %d, abandoned %d, executing %d, waiting %d"
        .formatted(received, finished, released, abandoned, executing, waiting);
  }

  long received() {
    return received;
  }

  long finished() {
    return finished;
  }

  long released() {
    return released;
  }

  long abandoned() {
    return abandoned;
  }

  long inFlight() {
    return executing + (long) waiting;
  }

  boolean hasFreePermit() {
    return executing < limits.permits();
  }

  boolean hasPermits() {
    return executing > 0;
  }

  @Override
  public String toString() {
    return process + "/" + index;
  }
}
