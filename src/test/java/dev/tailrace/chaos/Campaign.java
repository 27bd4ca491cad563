package dev.tailrace.chaos;

import dev.tailrace.local.SharedServers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Round after round, each of a seed of its own, on one broker and one Redis. */
final class Campaign {
  private final Path folder = Path.of("target", "chaos").toAbsolutePath();
  private final Storm faults;
  private final Consumer<String> progress;
  private final RoundResult total = new RoundResult(new ArrayList<>());
  private final List<Long> failedSeeds = new ArrayList<>();

  Campaign(Storm faults, Consumer<String> progress) {
    this.faults = faults;
    this.progress = progress;
  }

  /** Plays one plan, with fates of the caller's. */
  RoundResult once(Plan plan, Fates fates) throws Exception {
    try (Surroundings servers = Surroundings.start(SharedServers.get());
        NoiseGauge noise = new NoiseGauge()) {
      play(plan, fates, stage(servers, noise));
    }
    return total;
  }

  /**
   * Plays rounds until the time is over.
   *
   * @param seed of the first; the others follow it
   */
  RoundResult run(Duration time, Duration load, long seed) throws Exception {
    long begin = System.nanoTime();
    try (Surroundings servers = Surroundings.start(SharedServers.get());
        NoiseGauge noise = new NoiseGauge()) {
      Round.Stage stage = stage(servers, noise);
      for (long next = seed; System.nanoTime() - begin < time.toNanos(); next++) {
        Plan plan = Plan.draw(next, load);
        progress.accept(plan.toString());
        play(plan, Fates.drawn(plan.mix(), new Random(next)), stage);
        tell(Duration.ofNanos(System.nanoTime() - begin));
      }
    }
    total.add("seconds", Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    return total;
  }

  /** Of the rounds in which something was wrong. */
  List<Long> failedSeeds() {
    return failedSeeds;
  }

  private Round.Stage stage(Surroundings servers, NoiseGauge noise)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path own = Files.createTempDirectory(folder, "campaign-");
    WorkerJvm jvm = WorkerJvm.prepare(own, servers.kafka(), servers.redis());
    return new Round.Stage(own, jvm, noise, servers, faults);
  }

  private void play(Plan plan, Fates fates, Round.Stage stage) throws Exception {
    RoundResult result = new Round(plan, stage).play(fates);
    if (!result.problems().isEmpty()) {
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

  JsonObject results() {
    return total.toJson();
  }
}
