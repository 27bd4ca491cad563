package dev.tailrace.local;

import dev.tailrace.cli.OsSignals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * {@code mvn package exec:java@demo}: a broker, a Redis, and the fat jar's {@code demo} command in
 * front of them.
 *
 * <p>Ctrl-C goes from the terminal to the pool and to this JVM alike: here it is ignored for as
 * long as the pool runs, so that the pool drains while its servers live. They hear nothing of it,
 * and end with this JVM.
 */
public final class DemoLauncher {
  private static final int INTERRUPTED = 130; // as a shell counts: 128 + SIGINT
  private static final int TERMINATED = 143;

  private final AtomicReference<@Nullable Process> pool = new AtomicReference<>();

  private DemoLauncher() {}

  /**
   * Runs the demo to its end; this JVM then exits with the exit code of the pool.
   *
   * @param arguments more arguments for the {@code demo} command
   */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    int exitCode = new DemoLauncher().run(List.of(arguments));
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  private int run(List<String> arguments)
      throws IOException, InterruptedException, ExecutionException {
    // A handler that does nothing, for an ignored signal would be ignored by the pool as well.
    OsSignals.handle("INT", () -> exitBeforePool(INTERRUPTED));
    OsSignals.handle("TERM", this::terminate);
    OsSignals.handle("HUP", this::terminate);
    CompletableFuture<LocalKafka> starting =
        // not the common pool: Kafka's client looks for its classes through the thread
        CompletableFuture.supplyAsync(LocalKafka::start, task -> new Thread(task).start());
    try (LocalRedis redis = LocalRedis.start();
        LocalKafka kafka = starting.get()) {
      Process running = new ProcessBuilder(command(kafka, redis, arguments)).inheritIO().start();
      pool.set(running);
      return running.waitFor();
    }
  }

  private void exitBeforePool(int exitCode) {
    if (pool.get() == null) {
      Runtime.getRuntime().halt(exitCode); // the servers' wardens see it, and clear up
    }
  }

  private void terminate() {
    exitBeforePool(TERMINATED);
    Process running = pool.get();
    if (running != null) {
      running.destroy();
    }
  }

  private static List<String> command(LocalKafka kafka, LocalRedis redis, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("tailrace.jar", "target/tailrace.jar"),
                "demo",
                "--kafka",
                kafka.bootstrap(),
                "--redis",
                redis.url()));
    command.addAll(arguments);
    return command;
  }
}
