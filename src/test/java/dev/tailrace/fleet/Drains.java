package dev.tailrace.fleet;

import com.example.effects.DrainedHandler;
import dev.tailrace.fleet.DrainTrial.Finding;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Many processes under load, each of them drained in its own way, some of them side by side. */
final class Drains {
  private final Path folder;
  private final long seed;
  private final Consumer<Finding> teller;

  /**
   * Nothing happens yet.
   *
   * @param folder which keeps what they leave behind
   * @param seed from which their plans are drawn
   * @param teller is told of each as it ends
   */
  Drains(Path folder, long seed, Consumer<Finding> teller) {
    this.folder = folder;
    this.seed = seed;
    this.teller = teller;
  }

  /** Plays them all; says what was found. */
  List<Finding> play(int number, int atOnce) throws Exception {
    Files.createDirectories(folder);
    FatJar.packPlugin(folder.resolve("plugins/drained.jar"), DrainedHandler.class);
    Random random = new Random(seed);
    Vertx vertx = Vertx.vertx();
    ExecutorService seats = Executors.newFixedThreadPool(atOnce);
    try (DrainServers servers = new DrainServers()) {
      ExecutorCompletionService<Finding> trials = new ExecutorCompletionService<>(seats);
      for (int i = 0; i < number; i++) {
        DrainPlan plan = DrainPlan.drawn(i, random);
        trials.submit(() -> trial(plan, servers, vertx));
      }
      List<Finding> findings = new ArrayList<>();
      for (int i = 0; i < number; i++) {
        Finding finding = trials.take().get();
        findings.add(finding);
        teller.accept(finding);
      }
      return findings;
    } finally {
      seats.shutdownNow();
      vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
    }
  }

  private Finding trial(DrainPlan plan, DrainServers servers, Vertx vertx)
      throws ExecutionException {
    try {
      return new DrainTrial(plan, folder).play(servers, vertx);
    } catch (Exception | AssertionError failure) {
      throw new ExecutionException(plan + " in " + folder, failure);
    }
  }
}
