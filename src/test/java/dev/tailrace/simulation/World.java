package dev.tailrace.simulation;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.FailPoint;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.runtime.SimulationLimits;
import dev.tailrace.runtime.WorkerTimes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One schedule of a whole world: processes of the production classes, from the consumer to the
 * drain, beside a simulated broker, store and destination of dead letters, all on one virtual
 * clock. Every choice comes from {@link Choices}, so equal choices make equal runs.
 *
 * <p>Things happen to it, up to the limit; then it is calm, and all must end well. Judges look at
 * every event; the first broken promise ends the run with an {@link AssertionError} that tells of
 * it. Not thread-safe, used once.
 */
public final class World {
  private static final ThreadLocal<@Nullable World> RUNNING = new ThreadLocal<>();

  private final Choices choices;
  private final WorldLimits limits;
  private final Simulation simulation;
  private final SimulatedLoop servers;
  private final WorldSettings settings;
  private final Topic topic;
  private final Server broker;
  private final GroupCoordinator coordinator;
  private final PositionLedger positions;
  private final StoreServer store;
  private final LetterServer letters;
  final TierServer tiers;
  private final EffectLedger effects = new EffectLedger(this);
  private final OrderJudge order = new OrderJudge(this);
  private final Faults faults;
  private final Sightings sightings = new Sightings();
  private final List<SimulatedProcess> processes = new ArrayList<>();
  private final List<SimulatedProcess> alive = new ArrayList<>();
  private final List<Runnable> whenCalm = new ArrayList<>();
  private final List<Runnable> pending = new ArrayList<>(); // to be done between two turns
  private final List<ConsumerView> changed = new ArrayList<>(); // since the last step
  private @Nullable Story story;
  private OutsideWitness witness = OutsideWitness.NONE;
  private @Nullable AssertionError broken; // the first
  private boolean calm;
  private long calmSince = Long.MAX_VALUE;
  private boolean refusedLetters;
  private int replacing; // processes that are to start soon

  /** A world whose processes have not started. */
  public World(Choices choices, WorldLimits limits) {
    this.choices = choices;
    this.limits = limits;
    this.simulation =
        new Simulation(choices, new SimulationLimits(20_000, this::workNanos, limits.steps()));
    this.servers = simulation.loop("servers");
    this.settings = WorldSettings.draw(choices);
    this.topic =
        new Topic(
            choices, settings, limits.messages() == 1 ? 1 : 1 + choices.pick(limits.messages()));
    this.broker = server();
    this.coordinator = new GroupCoordinator(this, servers, settings.group());
    this.positions = new PositionLedger(this);
    this.store = new StoreServer(this, server());
    this.letters = new LetterServer(this, server());
    this.tiers = new TierServer(this, server());
    this.faults = new Faults(this);
  }

  private Server server() {
    return new Server(servers, choices, settings.trouble());
  }

  private long workNanos(dev.tailrace.runtime.Workers workers, Choices dice) {
    if (calm || dice.pick(20) > 0) {
      return dice.between(0, 20_000_000);
    }
    return dice.pick(2) == 0 ? WorkerTimes.FOREVER : dice.between(0, 2_000_000_000);
  }

  /** Has every process write its event log and its report here; before {@link #run}. */
  public World logging(Path into) {
    witness = new OutsideWitness(into);
    return this;
  }

  /** Remembers the last that happened, for people; before {@link #run}. */
  public World telling() {
    story = new Story();
    return this;
  }

  /** What happened last, one per line; nothing where it was not told to remember. */
  public List<String> story() {
    return story == null ? List.of() : story.lines();
  }

  void tell(Supplier<String> line) {
    if (story != null) {
      story.add(simulation.nanos() / 1_000 + " µs: " + line.get());
    }
  }

  /** Has the fail points of the production code reach the worlds; once per JVM. */
  public static void installFailPoints() {
    FailPoint.install(
        point -> {
          World running = RUNNING.get();
          if (running != null) {
            running.faults.reached(point);
          }
        });
  }

  /**
   * Runs it to its end.
   *
   * @throws AssertionError where a promise is broken, or it does not come to its end
   */
  public World run() {
    RUNNING.set(this);
    try {
      for (int i = limits.processes() == 1 ? 1 : 1 + choices.pick(limits.processes()); i > 0; i--) {
        startProcess();
      }
      for (int i = limits.faults() == 0 ? 0 : choices.pick(limits.faults() + 1); i > 0; i--) {
        progress();
        faults.next();
      }
      progress();
      calmDown();
      new Ending(this).play();
      return this;
    } finally {
      RUNNING.remove();
    }
  }

  private void progress() {
    if (choices.pick(2) == 0) {
      for (int i = choices.pick(400); i > 0 && step(); i--) {
        // as many steps
      }
    } else {
      long most = choices.pick(3) == 0 ? 8_000_000_000L : 100_000_000L;
      long end = simulation.nanos() + choices.between(0, most / 1_000) * 1_000;
      until(() -> simulation.nanos() >= end);
    }
  }

  /** Goes on until it is so; false where nothing is left to be done. */
  boolean until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      if (!step()) {
        return false;
      }
    }
    return true;
  }

  private boolean step() {
    if (simulation.steps() > limits.steps()) {
      throw broken("P1: does not come to rest; not finished: " + topic.unfinished());
    }
    boolean more = simulation.step();
    if (broken != null) {
      throw broken;
    }
    if (!pending.isEmpty()) {
      List<Runnable> all = List.copyOf(pending);
      pending.clear();
      all.forEach(Runnable::run);
    }
    changed.forEach(ConsumerView::check);
    changed.clear();
    return more;
  }

  private void calmDown() {
    calm = true;
    calmSince = simulation.nanos();
    tell(() -> "the world is calm");
    faults.calm();
    broker.calm();
    store.server().calm();
    letters.server().calm();
    letters.refuseSome(false);
    processes.forEach(SimulatedProcess::thaw);
    List<Runnable> all = List.copyOf(whenCalm);
    whenCalm.clear();
    all.forEach(Runnable::run);
    processes.stream()
        .filter(process -> !process.isDead())
        .flatMap(process -> process.members().stream())
        .forEach(member -> member.silence(false));
    if (alive().stream().noneMatch(process -> !process.isDraining())) {
      startProcess();
    }
  }

  // -- what happens

  /** One more process, where there may be one; not in a turn. */
  void startProcess() {
    if (alive().size() < limits.processes() || alive().stream().allMatch(p -> p.isDraining())) {
      SimulatedProcess process = new SimulatedProcess(this, processes.size());
      processes.add(process);
      alive.add(process);
      process.start();
    }
  }

  void replaceSoon() {
    replacing++;
    servers.later(choices.between(0, 1_000) * 1_000_000, () -> pending.add(this::replace));
  }

  private void replace() {
    replacing--;
    startProcess();
  }

  /** Something is done after a while, between two turns; at once when the world calms down. */
  void after(Duration delay, Runnable act) {
    if (calm) {
      return;
    }
    boolean[] over = new boolean[1];
    Runnable once =
        () -> {
          if (!over[0]) {
            over[0] = true;
            act.run();
          }
        };
    whenCalm.add(once);
    servers.later(delay.toNanos(), () -> pending.add(once));
  }

  void whenCalm(Runnable act) {
    if (calm) {
      act.run();
    } else {
      whenCalm.add(act);
    }
  }

  void whenCalm(SimulatedLoop loop, Runnable turn) {
    whenCalm(() -> loop.execute(turn));
  }

  void append(int messages) {
    topic.append(messages);
    for (SimulatedProcess process : alive()) {
      if (!process.isFrozen()) {
        process.members().forEach(GroupMember::wake);
      } else {
        whenCalm(() -> process.members().forEach(GroupMember::wake));
      }
    }
  }

  /**
   * A promise is broken; the run ends after this turn, whatever becomes of the error that is
   * thrown: the production code takes it for a handler's, say.
   */
  AssertionError broken(String story) {
    AssertionError error = new AssertionError(story);
    if (broken == null) {
      broken = error;
      tell(() -> "BROKEN: " + story);
    }
    return error;
  }

  void changed(ConsumerView view) {
    changed.add(view);
  }

  void saw(Sometimes situation) {
    sightings.saw(situation);
  }

  void lettersRefused() {
    refusedLetters = true;
  }

  // -- who is there

  boolean isDeserted() {
    return alive().isEmpty();
  }

  List<SimulatedProcess> alive() {
    alive.removeIf(SimulatedProcess::isDead);
    return List.copyOf(alive);
  }

  /** How many processes there were. */
  int processes() {
    return processes.size();
  }

  /** Whether another process is to start soon. */
  boolean isReplacing() {
    return replacing > 0;
  }

  boolean isCalm() {
    return calm;
  }

  long calmSince() {
    return calmSince;
  }

  boolean refusedLetters() {
    return refusedLetters;
  }

  /** Who writes down what happens, where the world is asked for that. */
  OutsideWitness witness() {
    return witness;
  }

  Simulation simulation() {
    return simulation;
  }

  Choices choices() {
    return choices;
  }

  WorldSettings settings() {
    return settings;
  }

  Topic topic() {
    return topic;
  }

  Server broker() {
    return broker;
  }

  GroupCoordinator coordinator() {
    return coordinator;
  }

  PositionLedger positions() {
    return positions;
  }

  StoreServer store() {
    return store;
  }

  LetterServer letters() {
    return letters;
  }

  EffectLedger effects() {
    return effects;
  }

  OrderJudge order() {
    return order;
  }

  /** What came up. */
  public Sightings sightings() {
    return sightings;
  }

  /** Seed, steps, clock and configuration, for messages. */
  public String where() {
    return simulation.where() + ", " + settings;
  }

  /** Changes when two runs differ. */
  public long fingerprint() {
    return simulation.fingerprint();
  }

  /** How many steps it took. */
  public long steps() {
    return simulation.steps();
  }
}
