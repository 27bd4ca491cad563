package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.SharedServers;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  @TempDir Path folder;

  @Test
  void whereNothingIsThereItSaysHowToGetServersAndEndsWithFive() throws Exception {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }

    try (JarProcess demo = JarProcess.run(folder, "demo", "--kafka", "127.0.0.1:" + nobody)) {
      assertThat(demo.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(demo.err())
          .contains("no Kafka broker at 127.0.0.1:" + nobody)
          .contains(DemoCommand.BRINGS_SERVERS);
    }
  }

  @Test
  void itShowsARunAndItsDrainAndProvesThemFromTheEventLog() throws Exception {
    var servers = SharedServers.get();

    try (JarProcess demo =
        JarProcess.run(
            folder,
            "demo",
            "--kafka",
            servers.kafka().bootstrap(),
            "--redis",
            servers.redis().url(),
            "--for",
            "8s")) {
      assertThat(demo.exitCode()).as(demo.err()).isEqualTo(ExitCode.OK);
      assertThat(demo.err())
          .contains("dead after 3 attempts: BadPayload → orders.dlq")
          .contains("was sent twice → skipped")
          .contains("✓ close-runtime");
      assertThat(demo.out())
          .contains("Drain clean")
          .contains("✓ nothing is lost")
          .contains("✓ nothing is repeated")
          .contains("✓ order is kept")
          .contains("✓ the drain's report is true");
    }
  }
}
