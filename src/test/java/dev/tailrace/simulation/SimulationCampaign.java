package dev.tailrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.Test;

/**
 * The campaign of the simulation: a million worlds on all cores. {@code -Dsimulation.schedules=N}
 * asks for another number, {@code -Dchaos.minutes=N} for an end before, {@code -Dchaos.seed=S} for
 * other worlds.
 */
class SimulationCampaign {
  private static final long SEED = Long.getLong("chaos.seed", 1);
  private static final long SCHEDULES = Long.getLong("simulation.schedules", 1_000_000);
  private static final Duration TIME = CampaignTime.SIMULATION.orElse(Duration.ZERO);
  private static final long LEAST_SIGHTINGS = 100;
  private static final long WHOLE = 100_000; // from so many worlds on, nothing may be missed
  private static final long VERIFIED_EVERY = 50; // and after the clock has stopped
  private static final Duration PROGRESS = Duration.ofSeconds(10);

  private int told; // failures
  private final long cpuBefore = cpuNanos();

  @Test
  void everyPromiseHoldsInEveryWorld() throws IOException, InterruptedException {
    Schedules schedules = new Schedules(SEED, SCHEDULES);
    long nanos = run(schedules, Runtime.getRuntime().availableProcessors());
    JsonObject run = schedules.toJson();
    run.put("schedulesPerSecond", Math.round(schedules.done() * 1e9 / nanos));
    run.put("schedulesPerCpuSecond", Math.round(schedules.done() * 1e9 / (cpuNanos() - cpuBefore)));
    VerifiedWorlds verified = verify(schedules.done());
    run.put("alsoVerifiedByTheChecker", verified.verified());
    run.put("disagreements", verified.disagreements().size());
    ProofResults.merge("simulation", run);
    assertThat(verified.disagreements()).as("worlds that the checker refuses").isEmpty();
    assertThat(schedules.failed()).as("worlds in which a promise was broken").isZero();
    if (schedules.done() >= WHOLE) {
      assertThat(schedules.missed(LEAST_SIGHTINGS)).as("situations seen too rarely").isEmpty();
    }
  }

  /** Runs the campaign without Maven. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    new SimulationCampaign().everyPromiseHoldsInEveryWorld();
  }

  /** All that this JVM has used so far, its compiler and its collector included. */
  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private long run(Schedules schedules, int threads) throws InterruptedException {
    World.installFailPoints();
    Configurator.setLevel("dev.tailrace", Level.OFF);
    long began = System.nanoTime();
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(schedules::run, "worlds-" + i);
      thread.setDaemon(true);
      running.add(thread);
      thread.start();
    }
    for (Thread thread : running) {
      for (thread.join(PROGRESS.toMillis()); thread.isAlive(); thread.join(PROGRESS.toMillis())) {
        tell(schedules, began, threads);
        if (!TIME.isZero() && System.nanoTime() - began > TIME.toNanos()) {
          running.forEach(Thread::interrupt);
        }
      }
    }
    tell(schedules, began, threads);
    Configurator.setLevel("dev.tailrace", Level.INFO);
    return System.nanoTime() - began;
  }

  /** Some of the worlds once more, which the checker judges by their event logs. */
  private VerifiedWorlds verify(long done) throws IOException {
    Configurator.setLevel("dev.tailrace", Level.OFF);
    Path folder = Files.createTempDirectory("verified-worlds");
    try {
      VerifiedWorlds worlds = new VerifiedWorlds(folder);
      // A step that has no divisor in common with those of medium and large worlds.
      for (long seed = SEED; seed < SEED + done; seed += VERIFIED_EVERY + 1) {
        worlds.verify(seed);
      }
      say("%,d worlds verified by the checker".formatted(worlds.verified()));
      worlds.disagreements().forEach(SimulationCampaign::say);
      return worlds;
    } finally {
      Files.delete(folder);
      Configurator.setLevel("dev.tailrace", Level.INFO);
    }
  }

  private void tell(Schedules schedules, long began, int threads) {
    List<Schedules.Failure> failures = schedules.failures();
    for (; told < failures.size(); told++) {
      say(failures.get(told).story());
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    say(
        "%,d of %,d worlds, %,.0f a second on %d threads, %,.0f a CPU second, %d broken"
            .formatted(
                schedules.done(),
                SCHEDULES,
                schedules.done() / seconds,
                threads,
                schedules.done() * 1e9 / (cpuNanos() - cpuBefore),
                schedules.failed()));
  }

  private static void say(String line) {
    System.err.printf(Locale.ROOT, "simulation: %s%n", line);
  }
}
