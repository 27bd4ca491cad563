package dev.tailrace.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.EffectHandler;
import dev.tailrace.admin.MetricsPage;
import dev.tailrace.admin.Scraper;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code /metrics} and the report of a process under load, from its start to its SIGTERM. */
class MetricsOfProcessIT {
  private static final int MESSAGES = 12_000;
  private static final Pattern PROBES = Pattern.compile("probes listens on http://[^:]*:(\\d+)");

  private final String name = Servers.uniqueName("numbers");
  private final Servers servers = SharedServers.get();
  private @Nullable Process process;

  @TempDir private Path folder;

  @AfterEach
  void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  void itsPagesAddUpToItsEndAndItsReportAccountsForAllThatWasThere() throws Exception {
    prepare();
    FutureTask<@Nullable Void> load =
        new FutureTask<>(
            new Load(servers.kafka().bootstrap(), servers.redis().url(), name, MESSAGES, 10));
    Scraper first = started("first");
    new Thread(load, "load").start();
    await(first, page -> page.state().equals("running") && page.received() > 2_000);
    assertThat(first.text())
        .contains(
            "kafka_consumer_fetch_manager_records_consumed_total{client_id=\"tailrace-orders-")
        .contains("vertx_")
        .contains("jvm_memory_used_bytes");
    JsonObject report = stopped(first);
    load.get();

    JsonObject messages = report.getJsonObject("messages");
    assertThat(ended(messages)).isEqualTo(atStart(messages));
    assertThat(report.getInteger("exitCode")).isZero();

    Scraper second = started("second");
    await(second, page -> page.state().equals("running") && page.received() > 100);
    assertThat(second.page().sum("tailrace_previous_drain_duration_seconds"))
        .isEqualTo(report.getLong("durationMillis") / 1_000.0);
    JsonObject again = stopped(second).getJsonObject("messages");
    assertThat(ended(again)).isEqualTo(atStart(again));
  }

  private static long atStart(JsonObject messages) {
    return messages.getLong("executingAtStart")
        + messages.getLong("bufferedAtStart")
        + messages.getLong("parkedAtStart");
  }

  private static long ended(JsonObject messages) {
    long finished =
        messages.getJsonObject("finished").stream()
            .mapToLong(one -> ((Number) one.getValue()).longValue())
            .sum();
    return finished
        + messages.getLong("released")
        + messages.getJsonObject("abandoned").getLong("count");
  }

  private Scraper started(String life) throws Exception {
    Path log = folder.resolve(life + ".log");
    List<String> run = List.of("run", "-c", "worker.yaml", "--report", "report.json");
    Process begun = FatJar.start(folder, log, run);
    process = begun;
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> port(log) > 0 || !begun.isAlive());
    return Scraper.started(port(log));
  }

  private static int port(Path log) throws IOException {
    Matcher line = PROBES.matcher(Files.exists(log) ? Files.readString(log) : "");
    return line.find() ? Integer.parseInt(line.group(1)) : -1;
  }

  private JsonObject stopped(Scraper scraper) throws Exception {
    Process running = Objects.requireNonNull(process);
    running.destroy(); // SIGTERM
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).as("ends by its deadline").isTrue();
    assertThat(scraper.pagesByState()).containsKeys("running", "draining");
    return new JsonObject(Files.readString(folder.resolve("report.json")));
  }

  private static void await(Scraper scraper, Predicate<MetricsPage> wish) {
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> wish.test(scraper.page()));
  }

  private void prepare() throws IOException {
    servers.createTopic(name, 4);
    servers.createTopic(name + ".dlq", 1);
    FatJar.packPlugin(folder.resolve("plugins/effects.jar"), EffectHandler.class);
    Files.writeString(
        folder.resolve("worker.yaml"),
        """
        name: %1$s
        instance: worker-0
        kafka: {bootstrap.servers: "%2$s"}
        redis: {url: "%3$s"}
        pipelines:
          - name: orders
            source: {kafka: {topics: [%1$s], group: %1$s, consumers: 2, start: earliest}}
            concurrency: 8
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: orders.txt}}}
            idempotency: {store: redis, key: position}
            dead-letter: {kafka: %1$s.dlq}
          - name: payments
            source: {redis: {streams: [%1$s], group: %1$s, start: earliest}}
            order: unordered
            concurrency: 8
            handler: {java: {class: com.example.effects.EffectHandler, config: {file: pays.txt}}}
            dead-letter: {redis: "%1$s:dlq"}
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(name, servers.kafka().bootstrap(), servers.redis().url()),
        UTF_8);
  }
}
