package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes of one name are seen together, and none depends on that. */
class FleetIT {
  @TempDir Path folder;

  private final Servers servers = SharedServers.get();
  private final String name = Servers.uniqueName("fleet");

  @BeforeEach
  void createTopic() {
    servers.createTopic(name, 2);
  }

  @Test
  void whoRunsIsListedWhoStopsIsNotAndWhoDiesIsForgotten() throws Exception {
    write(servers.redis().url());
    try (JarProcess first = started("a");
        JarProcess second = started("b")) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> states().equals(Map.of("a", "running", "b", "running")));
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  members().stream().mapToLong(one -> one.getJsonArray("assignments").size()).sum()
                      == 2);

      first.signal("TERM");
      assertThat(first.exitCode()).as(first.err()).isEqualTo(ExitCode.OK);
      assertThat(states()).as("it has left").isEqualTo(Map.of("b", "running"));

      second.signal("KILL");
      await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofSeconds(2)) // each look is a process, and it takes fifteen
          .until(() -> states().isEmpty());
    }
  }

  @Test
  void aRegistryThatIsAwayKeepsNobodyFromStartingOrStopping() throws Exception {
    write("redis://127.0.0.1:" + Servers.freePort());
    try (JarProcess run = started("a", "--report", "report.json")) {
      run.signal("TERM");

      assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    }
    JsonObject report = new JsonObject(Files.readString(folder.resolve("report.json")));
    assertThat(report.getString("result")).isEqualTo("clean");
    assertThat(report.getJsonArray("errors").encode()).contains("fleet.registry: away");

    JarProcess list = JarProcess.run(folder, "fleet", "ls");
    assertThat(list.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(list.err()).contains("the registry of the fleet does not answer");
  }

  private JarProcess started(String instance, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("run", "--set", "instance=" + instance));
    arguments.addAll(List.of(more));
    JarProcess run = JarProcess.start(folder, arguments.toArray(String[]::new));
    run.awaitErr("running: ");
    assertThat(run.process().isAlive()).as(run.err()).isTrue();
    return run;
  }

  private Map<String, String> states() throws Exception {
    Map<String, String> states = new TreeMap<>();
    members().forEach(one -> states.put(one.getString("instance"), one.getString("state")));
    return states;
  }

  private List<JsonObject> members() throws Exception {
    JarProcess list = JarProcess.run(folder, "fleet", "ls", "-o", "json");
    assertThat(list.exitCode()).as(list.err()).isEqualTo(ExitCode.OK);
    return new JsonArray(list.out()).stream().map(JsonObject.class::cast).toList();
  }

  private void write(String redis) throws IOException {
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        kafka: {bootstrap.servers: "%2$s"}
        redis: {url: "%3$s"}
        fleet: {registry: redis}
        pipelines:
          - name: work
            source: {kafka: {topics: [%1$s], group: %1$s, start: earliest}}
            handler: {log: {}}
        admin: {port: 0}
        probes: {port: 0}
        """
            .formatted(name, servers.kafka().bootstrap(), redis));
  }
}
