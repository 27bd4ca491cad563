package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees, and a supervisor gets as exit code, where the process cannot start. */
class BadStartIT {
  @TempDir private Path folder;

  @Test
  void aPortInUseEndsWithOneAndTheSettingIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      String config = kafka(closedPort(), "orders") + "admin: {port: " + port + "}\n";

      assertThat(run(config + "probes: {port: 0}\n")).isEqualTo(1);
      assertThat(output()).contains("admin.port: cannot listen on 127.0.0.1:" + port);
    }
  }

  @Test
  void anAbsentBrokerIsNamedWhileItIsAwaitedAndEndsWithFive() throws Exception {
    int port = closedPort();

    assertThat(run(kafka(port, "orders") + quiet("8s"))).isEqualTo(5);
    assertThat(output())
        .containsSubsequence(
            "waiting for kafka", "error: not connected within startup.deadline (8000 ms)")
        .contains("localhost:" + port);
  }

  @Test
  void anAbsentStoreIsNamedWhileItIsAwaitedAndEndsWithFive() throws Exception {
    int port = closedPort();
    String stream =
        """
        name: bad-start
        redis: {url: "redis://localhost:%d"}
        pipelines:
          - name: payments
            source: {redis: {streams: [payments], group: bad-start, start: earliest}}
            order: unordered
            handler: {log: {}}
        """
            .formatted(port);

    assertThat(run(stream + quiet("8s"))).isEqualTo(5);
    assertThat(output())
        .containsSubsequence(
            "waiting for redis", "error: not connected within startup.deadline (8000 ms)")
        .contains("localhost:" + port);
  }

  @Test
  void aMissingTopicEndsWithFiveAtOnceAndTheOneThatWasMeantIsNamed() throws Exception {
    String topic = Servers.uniqueName("bad-start");
    SharedServers.get().createTopic(topic, 1);
    String bootstrap = SharedServers.get().kafka().bootstrap();
    String config = kafka(closedPort(), topic + "s").replaceFirst("localhost:\\d+", bootstrap);

    assertThat(run(config + quiet("60s"))).isEqualTo(5);
    assertThat(output()).contains(topic + "s").contains("'" + topic + "'");
  }

  @Test
  void anInvalidConfigurationEndsWithThreeAndItsMistakesArePlaced() throws Exception {
    assertThat(run(kafka(closedPort(), "orders") + "    concurency: 8\n    timeout: 10\n"))
        .isEqualTo(3);
    assertThat(output())
        .contains("tailrace.yaml:7:5: pipelines.orders.concurency: unknown key; did you mean")
        .contains("tailrace.yaml:8:14: pipelines.orders.timeout: '10' has no unit; allowed: a");
  }

  @Test
  void twoPipelinesOfOneStreamAndGroupEndWithThreeAtOnceAndNotInTheirLease() throws Exception {
    String pipeline =
        """
          - name: %s
            source: {redis: {streams: [payments], group: bad-start, start: earliest}}
            order: unordered
            handler: {log: {}}
        """;
    String both = "pipelines:\n" + pipeline.formatted("one") + pipeline.formatted("other");

    assertThat(run("name: bad-start\n" + both)).isEqualTo(3);
    assertThat(output())
        .contains("tailrace.yaml:8:50: pipelines.other.source.redis.group: 'bad-start' reads");
  }

  private int run(String config) throws IOException, InterruptedException {
    Files.writeString(folder.resolve("tailrace.yaml"), config);
    return FatJar.run(folder, folder.resolve("log"), List.of("run"));
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  private static String quiet(String deadline) {
    return "admin: {port: 0}\nprobes: {port: 0}\nstartup: {deadline: " + deadline + "}\n";
  }

  private static String kafka(int port, String topic) {
    return """
        name: bad-start
        kafka: {bootstrap.servers: "localhost:%d"}
        pipelines:
          - name: orders
            source: {kafka: {topics: [%s], group: bad-start, start: earliest}}
            handler: {log: {}}
        """
        .formatted(port, topic);
  }

  private static int closedPort() throws IOException {
    try (ServerSocket closed = new ServerSocket(0)) {
      return closed.getLocalPort();
    }
  }
}
