package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.example.effects.DrainedHandler;
import dev.tailrace.fleet.DrainPlan.Broker;
import dev.tailrace.fleet.DrainPlan.Fault;
import dev.tailrace.fleet.DrainPlan.Pull;
import dev.tailrace.local.RunDelay;
import dev.tailrace.local.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process of the fat jar that is started under load and drained as planned, with its fault. For
 * one thread.
 */
final class DrainedProcess {
  /** What its requests must bear. */
  private static final String TOKEN = "drained";

  private static final String LISTENS = "admin listens on ";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Path FULL = Path.of("/dev/full");

  /** So many effects of each pipeline show that it is at work. */
  private static final int AT_WORK = 20;

  private final DrainPlan plan;
  private final String name;
  private final Life life;
  private final DrainServers.Place place;

  /**
   * The end of a process.
   *
   * @param exitCode of the process
   * @param nanos when it was gone, by the machine's clock
   * @param delayNanos for so long, since its drain was to begin, one of its threads stood ready and
   *     got no processor
   */
  record End(int exitCode, long nanos, long delayNanos) {}

  /**
   * Nothing happens yet.
   *
   * @param name of its topic, its stream and its groups
   * @param life whose folder has the plug-ins
   */
  DrainedProcess(DrainPlan plan, String name, Life life, DrainServers.Place place) {
    this.plan = plan;
    this.name = name;
    this.life = life;
    this.place = place;
  }

  /** Where its effects are written down. */
  List<Path> effects() {
    return plan.brokers().stream().map(this::effects).toList();
  }

  private Path effects(Broker broker) {
    return life.file(broker + ".effects");
  }

  /** Starts it, has it drained, and waits until it is gone. */
  End drained() throws Exception {
    if (plan.fault() == Fault.FULL_DISK) {
      fillDisk();
    }
    try (TcpProxy letters = new TcpProxy(place.redis().url())) {
      boolean slow = plan.fault() == Fault.SLOW_DEAD_LETTERS;
      Process process =
          life.start(
              config(slow ? letters.url() : place.redis().url()),
              Map.of("XDG_RUNTIME_DIR", life.folder().toString()));
      CompletableFuture<Long> gone = process.onExit().thenApply(over -> System.nanoTime());
      try {
        await()
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(50))
            .until(() -> !process.isAlive() || isAtWork());
        RunDelay delay = new RunDelay(process.pid());
        if (slow) {
          letters.slow(Duration.ofMillis(150));
        }
        harm(process);
        pull(process);
        while (!process.waitFor(100, TimeUnit.MILLISECONDS)) {
          delay.sample();
        }
        return new End(process.exitValue(), gone.get(), delay.nanos());
      } finally {
        process.destroyForcibly();
        place.thaw();
      }
    }
  }

  private boolean isAtWork() throws IOException {
    for (Path file : effects()) {
      if (!Files.exists(file) || Files.readAllLines(file).size() < AT_WORK) {
        return false;
      }
    }
    return true;
  }

  /** Where its audit and its reports are to be written, each write says that there is no room. */
  private void fillDisk() throws IOException {
    // Where there is no such device, what cannot be written either.
    Path full = Files.exists(FULL) ? FULL : Files.createDirectory(life.file("full"));
    for (String file : List.of("audit", "termination", "report.json.part")) {
      Files.createSymbolicLink(life.file(file), full);
    }
  }

  private void harm(Process process) throws IOException {
    if (plan.fault() == Fault.HUNG_HANDLER) {
      Files.createFile(life.file("hang"));
      await()
          .atMost(LIMIT)
          .until(() -> !process.isAlive() || Files.exists(DrainedHandler.hung(life.file("hang"))));
    }
    place.freeze();
  }

  private void pull(Process process) throws IOException, InterruptedException {
    switch (plan.pull()) {
      case SIGTERM -> process.destroy();
      case SIGINT -> signal(process, interrupt());
      case REQUEST -> request("/drain");
      case IMMEDIATE_REQUEST -> request("/drain?strategy=immediate");
      case TWO_SIGNALS -> {
        process.destroy();
        process.waitFor(1_100, TimeUnit.MILLISECONDS); // those of one second are one
        process.destroy();
      }
      case MAX_MESSAGES, MAX_UPTIME -> {} // it does so by itself
    }
  }

  /** Who runs in the background ignores that signal, and what he starts does, too. */
  private static String interrupt() throws IOException {
    Path status = Path.of("/proc/self/status");
    boolean ignored =
        Files.exists(status)
            && Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.split("\\s+", 2)[1], 16) & 2) != 0);
    return ignored ? "TERM" : "INT";
  }

  private static void signal(Process process, String signal)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  private void request(String path) throws IOException, InterruptedException {
    String log = Files.readString(life.file("log"));
    String url = log.substring(log.indexOf(LISTENS) + LISTENS.length()).split("\"", 2)[0];
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Authorization", "Bearer " + TOKEN)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(post, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private String config(String redis) {
    return """
        name: %s
        instance: worker
        plugins: [%s]
        kafka: {bootstrap.servers: "%s", session.timeout.ms: 3000, heartbeat.interval.ms: 600}
        redis: {url: "%s"}
        drain:
          deadline: %dms
          strategy: %s
          triggers: {max-messages: %d, max-uptime: %s}
        audit: {file: "%s"}
        report: {termination-log: "%s"}
        admin: {port: 0, token: %s}
        probes: {port: 0}
        pipelines:
        %s%s"""
        .formatted(
            name,
            life.folder().resolve("plugins"),
            place.kafka().bootstrap(),
            redis,
            plan.deadline().toMillis(),
            plan.strategy(),
            plan.pull() == Pull.MAX_MESSAGES ? 5 * AT_WORK : 0,
            plan.pull() == Pull.MAX_UPTIME ? "4s" : "0s",
            life.file("audit"),
            life.file("termination"),
            TOKEN,
            plan.brokers().contains(Broker.KAFKA)
                ? pipeline(
                    Broker.KAFKA,
                    "{kafka: {topics: [%1$s], group: %1$s, start: earliest}}".formatted(name))
                : "",
            plan.brokers().contains(Broker.REDIS)
                ? pipeline(
                    Broker.REDIS,
                    "{redis: {streams: [%1$s], group: %1$s, start: earliest}}".formatted(name))
                : "");
  }

  private String pipeline(Broker broker, String source) {
    boolean redis = broker == Broker.REDIS || plan.fault() == Fault.SLOW_DEAD_LETTERS;
    return """
          - name: %s
            source: %s
            order: %s
            concurrency: %d
            handler:
              java:
                class: com.example.effects.DrainedHandler
                config:
                  file: "%s"
                  least-millis: %d
                  most-millis: %d
                  hang: "%s"
                  hangs-at-stop: %s
            idempotency: {%s}
            dead-letter: {%s}
        """
        .formatted(
            broker == Broker.KAFKA ? "orders" : "payments",
            source,
            broker == Broker.KAFKA ? "key" : "unordered",
            plan.work().concurrency(),
            effects(broker),
            plan.work().leastMillis(),
            plan.work().mostMillis(),
            life.file("hang"),
            plan.fault() == Fault.HUNG_RESOURCE,
            plan.store() ? "store: redis, key: position, lease: 3s" : "store: none",
            redis ? "redis: \"" + name + ":dlq\"" : "kafka: " + name + ".dlq");
  }
}
