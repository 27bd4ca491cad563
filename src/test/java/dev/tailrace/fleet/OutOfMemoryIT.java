package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.effects.HungryHandler;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/** A handler that takes all memory ends its process, at once and without a pretended drain. */
class OutOfMemoryIT {
  @TempDir private Path folder;

  @Test
  void exhaustedMemoryHaltsTheProcessAndTheMessageComesAgain() throws Exception {
    Servers servers = SharedServers.get();
    String stream = Servers.uniqueName("hungry");
    FatJar.packPlugin(folder.resolve("plugins").resolve("hungry.jar"), HungryHandler.class);
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: %1$s
        redis: {url: "%2$s"}
        admin: {port: 0}
        probes: {port: 0}
        pipelines:
          - name: payments
            source: {redis: {streams: [%1$s], group: %1$s, start: earliest}}
            order: unordered
            handler: {java: {class: com.example.effects.HungryHandler}}
        """
            .formatted(stream, servers.redis().url()));
    try (Jedis redis = new Jedis(URI.create(servers.redis().url()))) {
      redis.xadd(stream, StreamEntryID.NEW_ENTRY, Map.of("value", "pay"));

      int exitCode =
          FatJar.run(
              folder,
              folder.resolve("log"),
              List.of("run", "--events", "events.jsonl", "--report", "report.json"));

      assertThat(exitCode).isEqualTo(1);
      assertThat(Files.readString(folder.resolve("log")))
          .contains("out of memory: this process ends here, undrained");
      assertThat(folder.resolve("report.json")).doesNotExist();
      assertThat(Files.readString(folder.resolve("events.jsonl")))
          .contains("\"ev\":\"started\"")
          .doesNotContain("drain_begin");
      assertThat(redis.xpending(stream, stream).getTotal()).as("still pending").isEqualTo(1);
    }
  }
}
