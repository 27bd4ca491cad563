package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.blocking.BlockingLoop;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process of {@code run}, as its supervisor and its users see it. */
class RunIT {
  private static final String LISTENS = "admin listens on ";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final String topic = Servers.uniqueName("run");

  @Test
  void aWrongConfigurationEndsWithThreeAndNamesEveryMistake() throws Exception {
    write("log: {}", "pipelnes: []");

    try (JarProcess run = JarProcess.run(folder, "run", "--set", "drain.deadline=25")) {
      assertThat(run.exitCode()).isEqualTo(ExitCode.INVALID_CONFIGURATION);
      assertThat(run.err())
          .contains("did you mean 'pipelines'?")
          .contains("drain.deadline: '25' has no unit");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void sigtermDrainsAndEndsWithZeroAndAReportThatTheEventLogBears() throws Exception {
    servers.createTopic(topic, 2);
    write("log: {}", "");
    produce(100);
    try (JarProcess run =
        JarProcess.start(folder, "run", "--events", "events.jsonl", "--report", "report.json")) {
      await().atMost(Duration.ofMinutes(1)).until(() -> committed() || !run.process().isAlive());

      run.signal("TERM");

      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      JsonObject report = new JsonObject(Files.readString(folder.resolve("report.json")));
      assertThat(report.getString("result")).isEqualTo("clean");
      assertThat(report.getString("reason")).isEqualTo("SIGTERM");
      assertThat(report.getInteger("exitCode")).isZero();
      assertThat(run.err().lines().filter(line -> line.contains("\"traceId\":\"" + TRACE + '"')))
          .as("the handler's lines are of their messages' trace")
          .hasSize(100)
          .allMatch(
              line -> line.contains("\"pipeline\":\"work\"") && line.contains("\"position\""));
      assertThat(run.out()).isEmpty();
    }
    try (JarProcess verify =
        JarProcess.run(
            folder,
            "verify",
            "--events",
            "events.jsonl",
            "--report",
            "report.json",
            "--expect",
            "complete,order=key")) {
      assertThat(verify.exitCode()).as(verify.out()).isEqualTo(ExitCode.OK);
    }
  }

  @Test
  void aJobEndsByItselfAfterItsMessagesOrAtTheEndWithZeroAndAWornProcessWithSix() throws Exception {
    servers.createTopic(topic, 2);
    write("log: {}", "");
    produce(100);
    try (JarProcess job =
        JarProcess.run(
            folder,
            "run",
            "--events",
            "events.jsonl",
            "--report",
            "job.json",
            "--set",
            "drain.triggers.max-messages=100")) {
      assertThat(job.exitCode()).as(job.err()).isEqualTo(ExitCode.OK);
      JsonObject report = new JsonObject(Files.readString(folder.resolve("job.json")));
      assertThat(report.getString("trigger")).isEqualTo("max_messages");
      assertThat(report.getString("result")).isEqualTo("clean");
    }
    assertThat(committed()).isTrue();
    produce(100);
    try (JarProcess replay =
        JarProcess.run(
            folder,
            "run",
            "--report",
            "replay.json",
            "--set",
            "pipelines.work.source.kafka.until=end")) {
      assertThat(replay.exitCode()).as(replay.err()).isEqualTo(ExitCode.OK);
      JsonObject report = new JsonObject(Files.readString(folder.resolve("replay.json")));
      assertThat(report.getString("trigger")).isEqualTo("source_end");
      assertThat(report.getString("reason")).contains("there at the start");
      assertThat(report.getString("result")).isEqualTo("clean");
    }
    try (JarProcess worn =
        JarProcess.run(
            folder, "run", "--report", "worn.json", "--set", "drain.triggers.max-uptime=1s")) {
      assertThat(worn.exitCode()).as(worn.err()).isEqualTo(ExitCode.RESTART);
      JsonObject report = new JsonObject(Files.readString(folder.resolve("worn.json")));
      assertThat(report.getInteger("exitCode")).isEqualTo(ExitCode.RESTART);
      assertThat(report.getString("result")).isEqualTo("clean");
    }
  }

  @Test
  void aRunningPoolIsSeenPausedAndDrainedFromTheCommandLine() throws Exception {
    servers.createTopic(topic, 1);
    write("log: {}", "");
    try (JarProcess run = JarProcess.start(folder, "run")) {
      String url = adminUrl(run);
      run.awaitErr("running: ");

      assertThat(status(url).getString("state")).isEqualTo("running");
      assertThat(command("pause", url).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(JarProcess.statusAt(url).getString("state")).isEqualTo("paused");
      assertThat(command("resume", url).exitCode()).isEqualTo(ExitCode.OK);
      assertThat(JarProcess.statusAt(url).getString("state")).isEqualTo("running");

      JarProcess drained = command("drain", url);

      assertThat(drained.exitCode()).as(drained.err()).isEqualTo(ExitCode.OK);
      assertThat(drained.out()).contains("Drain clean").contains("exit code 0");
      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
      assertThat(folder.toFile().list((dir, name) -> name.endsWith(".token"))).isEmpty();
    }
  }

  @Test
  void aSecondSignalForcesTheEndAndWhatRanIsNamed() throws Exception {
    servers.createTopic(topic, 1);
    write("java: {class: dev.tailrace.cli.DemoHandler, config: {least-millis: 600000}}", "");
    produce(1);
    try (JarProcess run = JarProcess.start(folder, "run", "--report", "report.json")) {
      String url = adminUrl(run);
      await().atMost(Duration.ofMinutes(1)).until(() -> executing(url) == 1);

      run.signal("TERM");
      run.awaitErr("drain: stop-intake");
      await().pollDelay(Signals.ONE).until(() -> true);
      run.signal("INT");

      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.INCOMPLETE);
      JsonObject report = new JsonObject(Files.readString(folder.resolve("report.json")));
      assertThat(report.getString("result")).isEqualTo("forced");
      assertThat(report.getString("forcedBy")).isEqualTo("SIGINT");
      assertThat(report.getJsonObject("messages").getJsonObject("abandoned").getInteger("count"))
          .isEqualTo(1);
    }
  }

  @Test
  void aHandlerThatBlocksItsEventLoopForEverCannotKeepTheProcess() throws Exception {
    servers.createTopic(topic, 1);
    packPlugin(BlockingLoop.class);
    write("java: {class: " + BlockingLoop.class.getName() + "}", "");
    produce(1);
    Path written = folder.resolve("report.json");
    // The process waits some milliseconds for its last report, which a busy machine may not have.
    for (int runs = 0; runs < 3 && !Files.exists(written); runs++) {
      try (JarProcess run =
          JarProcess.start(
              folder, "run", "--report", "report.json", "--set", "drain.deadline=3s")) {
        run.awaitErr(BlockingLoop.BLOCKS);

        run.signal("TERM");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.INCOMPLETE);
      }
    }
    JsonObject report = new JsonObject(Files.readString(written));
    assertThat(report.getString("result")).isEqualTo("incomplete");
    assertThat(report.getInteger("exitCode")).isEqualTo(ExitCode.INCOMPLETE);
  }

  @Test
  void aThirdSignalHalts() throws Exception {
    servers.createTopic(topic, 1);
    packPlugin(BlockingLoop.class);
    write("java: {class: " + BlockingLoop.class.getName() + "}", "");
    produce(1);
    try (JarProcess run = JarProcess.start(folder, "run", "--set", "drain.deadline=10m")) {
      run.awaitErr(BlockingLoop.BLOCKS);
      run.signal("TERM");
      run.awaitErr("a second signal forces");
      await().pollDelay(Signals.ONE).until(() -> true);
      run.signal("TERM");
      run.awaitErr("a third signal halts");

      run.signal("TERM");

      assertThat(run.exitCode()).isEqualTo(ExitCode.INCOMPLETE);
    }
  }

  private void packPlugin(Class<?> type) throws IOException {
    String entry = type.getName().replace('.', '/') + ".class";
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    try (var jar = new JarOutputStream(Files.newOutputStream(plugins.resolve("handler.jar")));
        var bytes = Objects.requireNonNull(type.getClassLoader().getResourceAsStream(entry))) {
      jar.putNextEntry(new JarEntry(entry));
      bytes.transferTo(jar);
    }
  }

  private void write(String handler, String more) throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        instance: a
        kafka: {bootstrap.servers: "%2$s"}
        pipelines:
          - name: work
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            timeout: 5s
            handler: {%3$s}
        admin: {port: 0}
        probes: {port: 0}
        drain: {deadline: 20s}
        %4$s
        """
            .formatted(topic, servers.kafka().bootstrap(), handler, more));
  }

  private void produce(int count) {
    Map<String, Object> settings = Map.of("bootstrap.servers", servers.kafka().bootstrap());
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < count; i++) {
        ProducerRecord<String, String> message =
            new ProducerRecord<>(topic, "key-" + i % 10, "{\"number\": " + i + "}");
        String parent = "00-" + TRACE + "-00f067aa0ba902b7-01";
        message.headers().add("traceparent", parent.getBytes(StandardCharsets.UTF_8));
        var unused = producer.send(message);
      }
    }
  }

  private boolean committed() throws IOException {
    Path events = folder.resolve("events.jsonl");
    return Files.exists(events)
        && Files.readString(events).lines().filter(line -> line.contains("\"settled\"")).count()
            == 100;
  }

  private static String adminUrl(JarProcess run) {
    run.awaitErr(LISTENS);
    String err = run.err();
    int at = err.indexOf(LISTENS);
    assertThat(at).as(err).isNotNegative();
    String rest = err.substring(at + LISTENS.length());
    return rest.substring(0, rest.indexOf('"'));
  }

  private JarProcess command(String command, String url) throws Exception {
    return JarProcess.run(folder, command, "--url", url);
  }

  private JsonObject status(String url) throws Exception {
    return new JsonObject(JarProcess.run(folder, "status", "--url", url, "-o", "json").out());
  }

  private static long executing(String url) throws Exception {
    return JarProcess.statusAt(url)
        .getJsonArray("pipelines")
        .getJsonObject(0)
        .getJsonObject("inFlight")
        .getLong("executing");
  }
}
