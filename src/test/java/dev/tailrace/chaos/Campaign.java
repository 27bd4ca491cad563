package dev.tailrace.chaos;

import dev.tailrace.local.SharedServers;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Round after round, each of a seed of its own, on one broker and one Redis. */
final class Campaign {
  private final Path folder = Path.of("target", "chaos").toAbsolutePath();
  private final Storm faults;
  private final Consumer<String> progress;
  private final Consumer<JsonObject> rounds;
  private final RoundResult total = new RoundResult(new ArrayList<>());
  private final List<Long> failedSeeds = new ArrayList<>();

  /** A campaign of which only the sum counts. */
  Campaign(Storm faults, Consumer<String> progress) {
    this(faults, progress, round -> {});
  }

  /**
   * Prepares a campaign.
   *
   * @param faults beside the fates of processes
   * @param progress is told how it goes
   * @param rounds is given the result of each round; of one that failed, that it did
   */
  Campaign(Storm faults, Consumer<String> progress, Consumer<JsonObject> rounds) {
    this.faults = faults;
    this.progress = progress;
    this.rounds = rounds;
  }

  /** Plays one plan, with fates of the caller's. */
  RoundResult once(Plan plan, Fates fates) throws Exception {
    try (Surroundings servers = Surroundings.start(SharedServers.get())) {
      count(plan, new Round(plan, stage(servers)).play(fates).call());
    }
    return total;
  }

  /**
   * Plays rounds until the time is over; each is judged while the next one runs.
   *
   * @param seed of the first; the others follow it
   */
  RoundResult run(Duration time, Duration load, long seed) throws Exception {
    long begin = System.nanoTime();
    ExecutorService judge = Executors.newSingleThreadExecutor();
    try (Surroundings servers = Surroundings.start(SharedServers.get())) {
      Round.Stage stage = stage(servers);
      Future<?> judged = CompletableFuture.completedFuture(null);
      for (long next = seed; System.nanoTime() - begin < time.toNanos(); next++) {
        Plan plan = Plan.draw(next, load);
        progress.accept(plan.toString());
        Callable<RoundResult> round =
            new Round(plan, stage).play(Fates.drawn(plan.mix(), new Random(next)));
        judged.get();
        judged =
            judge.submit(
                () -> {
                  count(plan, round.call());
                  tell(Duration.ofNanos(System.nanoTime() - begin));
                  return plan;
                });
      }
      judged.get();
    } finally {
      judge.shutdownNow();
    }
    return total;
  }

  /** Of the rounds in which something was wrong. */
  List<Long> failedSeeds() {
    return failedSeeds;
  }

  private Round.Stage stage(Surroundings servers) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path own = Files.createTempDirectory(folder, "campaign-");
    WorkerJvm jvm = WorkerJvm.prepare(own, servers.kafka(), servers.redis());
    return new Round.Stage(own, jvm, servers, faults);
  }

  private void count(Plan plan, RoundResult result) {
    boolean passed = result.problems().isEmpty();
    JsonObject json = passed ? result.toJson() : new JsonObject().put("failedRounds", 1);
    rounds.accept(json.put(passed ? "seeds" : "failedSeeds", new JsonArray().add(plan.seed())));
    if (!passed) {
      failedSeeds.add(plan.seed());
      result.problems().forEach(progress);
    }
    total.plus(result);
  }

  private void tell(Duration since) {
    progress.accept(
        "%d s %s: %d kills (%.1f a minute), %d stops, %d messages, %d repeated, %d rounds failed"
            .formatted(
                since.toSeconds(),
                total.table("secondsOf"),
                total.count("kills"),
                total.count("kills") * 60.0 / Math.max(1, since.toSeconds()),
                total.count("terms"),
                total.count("messages"),
                total.count("repeated"),
                failedSeeds.size()));
  }

  /** The sum of all rounds so far. */
  JsonObject results() {
    return total.toJson();
  }
}
