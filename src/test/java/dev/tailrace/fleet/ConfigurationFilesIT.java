package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in {@code config/}, and the one that {@code init} writes, run as they are. */
class ConfigurationFilesIT {
  private static final String TOPIC = Servers.uniqueName("files");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at-least-once",
        "redis-stream",
        "idempotency-redis",
        "kafka-static-members",
        "at-least-once,production-overlay"
      })
  void aFileRunsAndStopsCleanly(String files) throws Exception {
    List<String> arguments = new ArrayList<>();
    String pipeline = "orders";
    for (String file : files.split(",", -1)) {
      Path path = Path.of("config", file + ".yaml").toAbsolutePath();
      arguments.addAll(List.of("-c", path.toString()));
      pipeline = file.startsWith("redis") ? "payments" : pipeline;
      pipeline = file.startsWith("idempotency") ? "charges" : pipeline;
    }
    if (!files.startsWith("redis")) {
      SharedServers.get().createTopic(TOPIC + "-" + files.hashCode(), 1);
      String topics = "pipelines." + pipeline + ".source.kafka.topics=[%s-%d]";
      arguments.addAll(List.of("--set", topics.formatted(TOPIC, files.hashCode())));
    }
    if (files.startsWith("idempotency")) {
      SharedServers.get().createTopic("charges.dlq", 1);
    }
    runAndStop(arguments);
  }

  @Test
  void whatInitWritesRunsAndStopsCleanly() throws Exception {
    SharedServers.get().createTopic(TOPIC, 1);

    assertThat(FatJar.run(folder, log(), List.of("init"))).isZero();

    runAndStop(
        List.of(
            "--set",
            "kafka.bootstrap.servers=" + SharedServers.get().kafka().bootstrap(),
            "--set",
            "pipelines.orders.source.kafka.topics=[" + TOPIC + "]"));
  }

  private void runAndStop(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("run"));
    command.addAll(arguments);
    command.addAll(List.of("--set", "admin.port=0", "--set", "probes.port=0"));
    Process process =
        FatJar.start(
            folder,
            log(),
            command,
            Map.of(
                "KAFKA", SharedServers.get().kafka().bootstrap(),
                "REDIS", SharedServers.get().redis().url(),
                "INSTANCE", "files-0",
                "DATA", folder.toString()));
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> !process.isAlive() || Files.readString(log()).contains("running: "));
      assertThat(process.isAlive()).as(Files.readString(log())).isTrue();
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log())).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private Path log() {
    return folder.resolve("log");
  }
}
