package dev.tailrace.chaos;

import dev.tailrace.chaos.PipelinePlan.Broker;
import dev.tailrace.local.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * One round of a campaign: a fleet under load and faults, then silence, in which everything has to
 * end and to be committed; then the judgement.
 */
final class Round {
  /** After the last death: session or claim, lease, and 10 s; and what runs alone meanwhile. */
  private static final long MOST_WITHOUT_EFFECT = TimeUnit.SECONDS.toNanos(180);

  /** A backlog is worked off, and a hundred that hang run one after the other. */
  private static final long MOST_SETTLING = TimeUnit.MINUTES.toNanos(15);

  /** Of processes that end by themselves; what goes on then is no use. */
  private static final int MOST_FAILURES = 10;

  private static final long MOST_STARTING = TimeUnit.SECONDS.toNanos(120);
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(100);

  private final Plan plan;
  private final Stage stage;
  private final Path folder;
  private final String name;

  /**
   * What all rounds of a campaign share.
   *
   * @param folder of the campaign
   * @param faults from which each round draws; may be empty
   */
  record Stage(Path folder, WorkerJvm jvm, Surroundings servers, Storm faults) {}

  Round(Plan plan, Stage stage) {
    this.plan = plan;
    this.stage = stage;
    this.name = Servers.uniqueName("chaos");
    this.folder = stage.folder().resolve("round-" + plan.seed());
  }

  /**
   * Plays it.
   *
   * @return judges it, which needs none of the servers any more; where something is wrong, what the
   *     round left behind is kept
   */
  Callable<RoundResult> play(Fates fates) throws Exception {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("plan.txt"), plan + "\n");
    for (PipelinePlan pipeline : plan.pipelines()) {
      if (pipeline.broker() == Broker.KAFKA) {
        Servers.createTopic(stage.servers().kafka(), name, pipeline.partitions(), Map.of());
      }
    }
    WorkerConfig config =
        new WorkerConfig(
            plan,
            new WorkerConfig.Place(
                name,
                stage.servers().kafka().bootstrap(),
                stage.servers().redis().url(),
                stage.jvm().plugins()));
    try (Fleet fleet = new Fleet(plan, fates, stage.jvm(), config, folder)) {
      Scene scene =
          new Scene(
              stage.servers().kafka(), stage.servers().redis(), fleet, new Random(plan.seed()));
      return play(fates, scene);
    }
  }

  private Callable<RoundResult> play(Fates fates, Scene scene) throws Exception {
    Fleet fleet = scene.fleet();
    SeenEffects effects = new SeenEffects(folder);
    CommitSampler sampler = new CommitSampler(plan, new BrokerTruth(name, plan, scene));
    List<String> injected;
    RoundResult times = new RoundResult(new ArrayList<>());
    try (sampler) {
      long begin = System.nanoTime();
      fleet.open();
      injected = underLoad(fates, scene, effects);
      begin = lap(times, "load", begin);
      fleet.settle();
      settle(scene, effects);
      begin = lap(times, "settling", begin);
      fleet.leave();
      lap(times, "stopping", begin);
    }
    effects.look("");
    Judgement judgement = new Judgement(plan, folder, fleet.lives(), effects);
    fleet.failures().forEach(failure -> judgement.problem(failure.toString()));
    try (BrokerTruth truth = new BrokerTruth(name, plan, scene)) {
      judgement.hear(truth);
      truth.clean();
    }
    return () -> {
      long begin = System.nanoTime();
      RoundResult result = judgement.judge(sampler);
      injected.forEach(fault -> result.add("faults", fault, 1));
      result.add("rounds", 1);
      lap(result, "judging", begin);
      result.plus(times);
      tidy(result);
      return result;
    };
  }

  private List<String> underLoad(Fates fates, Scene scene, SeenEffects effects) throws Exception {
    List<Load> loads = new ArrayList<>();
    for (PipelinePlan pipeline : plan.pipelines()) {
      loads.add(new Load(pipeline, name, scene, effects));
    }
    try {
      awaitWork(scene, effects);
      long end = System.nanoTime() + plan.load().toNanos();
      List<String> injected = stage.faults().play(scene, plan, end);
      while (System.nanoTime() - end < 0
          && !fates.exhausted()
          && scene.fleet().failures().isEmpty()) {
        LockSupport.parkNanos(LOOK);
      }
      return injected;
    } finally {
      for (Load load : loads) {
        load.close();
      }
    }
  }

  /** A server that is away while the fleet still starts would try the start, and no more. */
  private void awaitWork(Scene scene, SeenEffects effects) throws IOException {
    long end = System.nanoTime() + MOST_STARTING;
    for (PipelinePlan pipeline : plan.pipelines()) {
      while (effects.look(pipeline.name()) == 0
          && System.nanoTime() - end < 0
          && scene.fleet().failures().isEmpty()) {
        LockSupport.parkNanos(LOOK);
      }
    }
  }

  /** Waits until every message has its effect, and every position is committed. */
  private void settle(Scene scene, SeenEffects effects) throws Exception {
    long end = System.nanoTime() + MOST_SETTLING;
    long patience = System.nanoTime() + MOST_WITHOUT_EFFECT;
    int before = 0;
    try (BrokerTruth truth = new BrokerTruth(name, plan, scene)) {
      while (System.nanoTime() - end < 0
          && System.nanoTime() - patience < 0
          && scene.fleet().failures().size() < MOST_FAILURES) {
        boolean done = true;
        int seen = 0;
        for (PipelinePlan pipeline : plan.pipelines()) {
          int effective = effects.look(pipeline.name());
          done &= effective >= truth.messages(pipeline).size();
          seen += effective;
        }
        if (done && truth.allDone()) {
          return;
        }
        if (seen > before) {
          before = seen;
          patience = System.nanoTime() + MOST_WITHOUT_EFFECT;
        }
        LockSupport.parkNanos(2 * LOOK);
      }
    }
  }

  private static long lap(RoundResult times, String name, long begin) {
    long now = System.nanoTime();
    times.add("secondsOf", name, TimeUnit.NANOSECONDS.toSeconds(now - begin));
    return now;
  }

  private void tidy(RoundResult result) throws IOException {
    if (!result.problems().isEmpty()) {
      result.problems().add(0, "round of " + plan + "; all it left is in " + folder);
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
