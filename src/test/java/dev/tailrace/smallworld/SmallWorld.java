package dev.tailrace.smallworld;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.Fingerprint;
import dev.tailrace.runtime.HeapFingerprint;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.SimulationLimits;
import dev.tailrace.runtime.WorkerTimes;
import dev.tailrace.smallworld.Line.Fate;
import dev.tailrace.smallworld.SmallGroup.Stage;
import dev.tailrace.smallworld.SmallSetting.Grain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Two instances, one partition, three messages, and a driver that asks {@link Choices} which of all
 * that can happen now happens next. After each step the witness checks; at rest everything is
 * finished.
 *
 * <p>Turns take no time. The clock moves to the next timer when nothing else can happen; {@link
 * SmallBudget#early} and {@link SmallBudget#stalls} and {@link SmallBudget#silences} let it move
 * before. What is due in an hour never comes: a world that waits for that alone is at rest.
 */
final class SmallWorld {
  private static final ThreadLocal<HeapFingerprint> FINGERPRINT =
      ThreadLocal.withInitial(() -> new HeapFingerprint(SmallRules.RULES));
  private static final SimulationLimits LIMITS =
      new SimulationLimits(0, WorkerTimes.upTo(0), Long.MAX_VALUE / 2);
  private static final long FAR = HeapFingerprint.FAR.toNanos(); // time-outs of handlers, say
  private static final Duration STALL = Duration.ofSeconds(3);
  private static final List<Fate> FATES =
      List.of(Fate.ANSWERED, Fate.ANSWER_LOST, Fate.REQUEST_LOST);
  private static final int MOST_STEPS = 3_000;

  private final Choices choices;
  private final SmallSetting setting;
  private final Simulation simulation;
  private final SmallWitness witness;
  private final SmallGroup group;
  private final List<SmallInstance> both;
  private final SmallFaults faults;
  private final List<Action> actions = new ArrayList<>();
  private final List<Action> story = new ArrayList<>();

  /** Something that can happen, to or by an instance. */
  private enum What {
    TURN,
    ANSWER_OF_STORE,
    ANSWER_OF_GROUP,
    REQUEST_TO_STORE,
    REQUEST_TO_GROUP,
    POLL,
    EXPIRE,
    LEARN,
    ASSIGN,
    FINISH,
    TIME,
    TIME_EARLY,
    REVOKE,
    EVICT,
    CRASH,
    STALL,
    SILENCE
  }

  /** One occurrence; {@code which} tells several of a kind apart. */
  private record Action(What what, @Nullable SmallInstance who, int which) {
    SmallInstance instance() {
      return Objects.requireNonNull(who);
    }

    @Override
    public String toString() {
      return what + (who == null ? "" : " " + who) + (what == What.FINISH ? " #" + which : "");
    }
  }

  SmallWorld(Choices choices, SmallSetting setting, Sightings sightings) {
    SmallWitness.begin();
    this.choices = choices;
    this.setting = setting;
    this.simulation = new Simulation(choices, LIMITS);
    simulation.block(HeapFingerprint.CLOCK_START);
    this.witness = new SmallWitness(simulation, setting.witnessed(), sightings);
    this.group = new SmallGroup(witness);
    SmallStore store = setting.store() ? new SmallStore(new StoreClock(simulation), witness) : null;
    SimulatedLoop left = simulation.loop("left");
    SimulatedLoop right = simulation.loop("right");
    this.both =
        List.of(
            new SmallInstance(left, witness, group, store),
            new SmallInstance(right, witness, group, store));
    this.faults = new SmallFaults(setting.budget());
    group.begin(both.get(0));
  }

  /** Runs to its end, or to a state that was explored before. */
  void run() {
    try {
      for (int steps = 0; steps < MOST_STEPS; steps++) {
        if (!step()) {
          return;
        }
      }
      throw new AssertionError("P1: does not come to rest");
    } catch (AssertionError | RuntimeException broken) {
      throw new AssertionError(broken.getMessage() + "; after " + story, broken);
    }
  }

  private boolean step() {
    boolean atRest = look();
    if (atRest) {
      witness.atRest(group.committed(), group.owner());
      both.stream()
          .filter(one -> !one.loop.isCrashed())
          .forEach(one -> one.checkRest(one == group.owner()));
    }
    if (actions.isEmpty() || choices.isExplored(this::state)) {
      return false;
    }
    int pick = actions.size() == 1 ? 0 : choices.pick(actions.size());
    Action action = actions.get(pick);
    story.add(action);
    happen(action);
    if (setting.grain() != Grain.TURN) {
      settleLoops();
    }
    SmallWitness.rethrow();
    return true;
  }

  /** Looked at where a run leaves the ways of others; before, all was checked by them. */
  private Fingerprint state() {
    both.stream().filter(one -> !one.loop.isCrashed()).forEach(SmallInstance::check);
    simulation.forgetCancelled();
    return FINGERPRINT.get().of(simulation.nanos(), faults, group, both, witness, simulation);
  }

  private void settleLoops() {
    for (SmallInstance one : both) { // no loop makes another one ready
      while (one.loop.isReady()) {
        simulation.step(one.loop);
      }
    }
  }

  // -- what can happen

  /** Lists it, the usual first; true where nothing will happen by itself any more. */
  private boolean look() {
    actions.clear();
    for (SmallInstance one : both) {
      if (!one.loop.isCrashed()) {
        lookAt(one);
      }
    }
    lookAtGroup();
    boolean idle = actions.isEmpty();
    boolean timed = simulation.nextDueNanos() - simulation.nanos() < FAR;
    if (timed && (idle || faults.early > 0)) {
      add(idle ? What.TIME : What.TIME_EARLY, null);
    }
    lookAtFaults(idle);
    return idle && !timed;
  }

  private void add(What what, @Nullable SmallInstance who) {
    actions.add(new Action(what, who, 0));
  }

  private void lookAt(SmallInstance one) {
    if (one.loop.isReady()) {
      add(What.TURN, one);
    }
    if (one.storeLine.hasAnswer()) {
      add(What.ANSWER_OF_STORE, one);
    }
    if (one.groupLine.hasAnswer()) {
      add(What.ANSWER_OF_GROUP, one);
    }
    if (one.storeLine.hasRequest()) {
      add(What.REQUEST_TO_STORE, one);
    }
    if (one.groupLine.hasRequest()) {
      add(What.REQUEST_TO_GROUP, one);
    }
    if (one.canPoll()) {
      add(What.POLL, one);
    }
    if (one.isEvicted()) {
      add(What.LEARN, one);
    }
    for (int i = 0; i < one.calls(); i++) {
      actions.add(new Action(What.FINISH, one, i));
    }
  }

  private void lookAtGroup() {
    if (group.stage() == Stage.ORPHANED) {
      add(What.EXPIRE, null);
    }
    if (group.canAssign()) {
      add(What.ASSIGN, null);
    }
  }

  private void lookAtFaults(boolean idle) {
    SmallInstance owner = group.owner();
    for (SmallInstance one : both) {
      if (one.loop.isCrashed()) { // what it sent before may still arrive
        if (one.storeLine.hasRequest()) {
          add(What.REQUEST_TO_STORE, one);
        }
        if (one.groupLine.hasRequest()) {
          add(What.REQUEST_TO_GROUP, one);
        }
      } else if (faults.crashes > 0 && !other(one).loop.isCrashed()) {
        add(What.CRASH, one);
      }
    }
    boolean movable = group.stage() == Stage.OWNED && faults.rebalances > 0;
    if (movable && owner != null && !owner.loop.isCrashed() && !other(owner).loop.isCrashed()) {
      add(What.REVOKE, owner);
      add(What.EVICT, owner);
    }
    if (faults.stalls > 0 && !idle) {
      add(What.STALL, null);
    }
    if (faults.silences > 0 && (both.get(0).isEvicted() || both.get(1).isEvicted())) {
      add(What.SILENCE, null);
    }
  }

  private SmallInstance other(SmallInstance one) {
    return both.get(0) == one ? both.get(1) : both.get(0);
  }

  // -- what happens

  private void happen(Action action) {
    switch (action.what()) {
      case TURN -> simulation.step(action.instance().loop);
      case ANSWER_OF_STORE -> action.instance().storeLine.answer();
      case ANSWER_OF_GROUP -> action.instance().groupLine.answer();
      case REQUEST_TO_STORE -> carryOut(action.instance(), action.instance().storeLine);
      case REQUEST_TO_GROUP -> carryOut(action.instance(), action.instance().groupLine);
      case POLL -> action.instance().poll();
      case EXPIRE -> group.expire();
      case LEARN -> action.instance().learn(group.generation());
      case ASSIGN -> group.assign();
      case FINISH -> action.instance().finish(action.which());
      case TIME -> simulation.advance();
      case TIME_EARLY -> {
        faults.early--;
        simulation.advance();
      }
      case REVOKE -> {
        faults.rebalances--;
        group.revoke(other(action.instance()));
      }
      case EVICT -> {
        faults.rebalances--;
        group.evict(other(action.instance()));
      }
      case CRASH -> {
        faults.crashes--;
        action.instance().crash();
        simulation.forget(action.instance().loop);
        group.crashed(action.instance(), other(action.instance()));
      }
      case STALL -> {
        faults.stalls--;
        pass(true);
      }
      case SILENCE -> {
        faults.silences--;
        pass(false);
      }
    }
  }

  private void carryOut(SmallInstance from, Line line) {
    boolean uncertain = !from.loop.isCrashed() && faults.mayLose(line.kind());
    Fate fate = uncertain ? FATES.get(choices.pick(FATES.size())) : Fate.ANSWERED;
    if (fate != Fate.ANSWERED) {
      faults.lost(line.kind());
    }
    line.carryOut(fate);
    if (setting.grain() == Grain.EXCHANGE && line.hasAnswer()) {
      line.answer();
    }
  }

  /** Time passes: handlers go on running, and either the servers answer at once or not at all. */
  private void pass(boolean answers) {
    witness.late();
    long end = simulation.nanos() + STALL.toNanos();
    settle(answers);
    while (simulation.isDue() && simulation.nextDueNanos() <= end) {
      simulation.advanceInOrder();
      settle(answers);
    }
    simulation.block(Duration.ofNanos(end - simulation.nanos()));
  }

  private void settle(boolean answers) {
    settleLoops();
    for (boolean moved = answers; moved; ) {
      moved = false;
      for (SmallInstance one : both) {
        for (Line line : List.of(one.storeLine, one.groupLine)) {
          if (!one.loop.isCrashed() && line.hasRequest()) {
            line.carryOut(Fate.ANSWERED);
            line.answer();
            moved = true;
          }
        }
      }
      settleLoops();
    }
  }
}
