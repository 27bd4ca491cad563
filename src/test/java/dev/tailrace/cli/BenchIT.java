package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** {@code bench} on real servers: that it measures, and leaves nothing behind. */
class BenchIT {
  private final Servers servers = SharedServers.get();

  @TempDir Path folder;

  @Test
  void measuresABrokerWithoutAConfigurationBesideItsClient() throws Exception {
    JsonObject result = bench("--kafka", servers.kafka().bootstrap(), "--rounds", "2");

    assertThat(result.getInteger("messages")).isEqualTo(5_000);
    assertThat(result.getJsonArray("contenders"))
        .extracting(one -> ((JsonObject) one).getString("name"))
        .containsExactly("client alone", "bench");
    assertThat(result.getJsonArray("contenders"))
        .allSatisfy(
            one -> {
              JsonObject contender = (JsonObject) one;
              assertThat(contender.getJsonArray("rounds")).hasSize(2);
              assertThat(contender.getJsonObject("median").getDouble("rate")).isPositive();
            });
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(topics()).noneMatch(name -> name.contains("bench")));
  }

  @Test
  void measuresAPipelineWithItsStoreAgainstWhatItsPermitsAllow() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("tailrace.yaml"),
            """
            name: %s
            kafka: {bootstrap.servers: "%s"}
            redis: {url: "%s"}
            pipelines:
              - name: others
                source: {kafka: {topics: [others], group: others, start: earliest}}
                handler: {log: {}}
              - name: orders
                source: {kafka: {topics: [orders], group: orders, start: earliest, consumers: 2}}
                concurrency: 50
                handler: {log: {}}
                idempotency: {store: redis, key: "json:/id"}
            """
                .formatted(
                    Servers.uniqueName("bench"),
                    servers.kafka().bootstrap(),
                    servers.redis().url()));

    JsonObject result =
        bench("-c", config.toString(), "--pipeline", "orders", "--work", "1ms", "--rounds", "1");

    assertThat(result.getInteger("concurrency")).isEqualTo(50);
    assertThat(result.getDouble("limit")).isEqualTo(50_000);
    assertThat(result.getBoolean("idempotency")).isTrue();
    assertThat(result.getJsonArray("contenders"))
        .extracting(one -> ((JsonObject) one).getString("name"))
        .containsExactly("orders");
  }

  @Test
  void measuresAStreamAndDeletesIt() throws Exception {
    JsonObject result = bench("--redis", servers.redis().url(), "--rounds", "1");

    assertThat(result.getString("order")).isEqualTo("unordered");
    try (Jedis redis = new Jedis(URI.create(servers.redis().url()))) {
      assertThat(redis.keys("tailrace-bench-*")).isEmpty();
    }
  }

  private JsonObject bench(String... options) {
    String[] arguments = new String[options.length + 5];
    List<String> fixed = List.of("bench", "--messages", "5000", "-o", "json");
    System.arraycopy(fixed.toArray(String[]::new), 0, arguments, 0, fixed.size());
    System.arraycopy(options, 0, arguments, fixed.size(), options.length);
    Invocation invocation = Invocation.of(arguments);
    assertThat(invocation.exitCode()).as(invocation.out() + invocation.err()).isZero();
    return new JsonObject(invocation.out());
  }

  private Set<String> topics() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.kafka().bootstrap()))) {
      return admin.listTopics().names().get();
    }
  }
}
