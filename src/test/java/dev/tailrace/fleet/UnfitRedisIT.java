package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** A Redis that cannot be used as it is ends the start with 5, and the log says why. */
class UnfitRedisIT {
  @TempDir private Path folder;
  private final RedisServer server = SharedServers.get().newRedis();
  private final Jedis redis = new Jedis(URI.create(server.url()));
  private final String stream = Servers.uniqueName("unfit");

  @AfterEach
  void close() {
    redis.close();
    server.close();
  }

  @Test
  void anotherCountOfShardsIsNamedWithWhatToDo() throws Exception {
    redis.set("tailrace:{" + stream + "}:shards", "8");

    assertThat(run("shards: {prefix: " + stream + ", count: 6}", "none")).isEqualTo(5);
    assertThat(output())
        .contains("the stream " + stream + " has 8 shards, and 6 are configured")
        .contains("delete the key tailrace:{" + stream + "}:shards");
  }

  @Test
  void aKeyThatIsNoStreamIsNamed() throws Exception {
    redis.set(stream, "text");

    assertThat(run("streams: [" + stream + "]", "none")).isEqualTo(5);
    assertThat(output()).contains("stream " + stream + " cannot be read: WRONGTYPE");
  }

  @Test
  void aShardThatIsNoStreamIsNamed() throws Exception {
    redis.set(stream + ":1", "text");

    assertThat(run("shards: {prefix: " + stream + ", count: 2}", "none")).isEqualTo(5);
    assertThat(output()).contains("stream " + stream + ":1 cannot be read: WRONGTYPE");
  }

  @Test
  void aWrongPasswordIsNamed() throws Exception {
    redis.configSet("requirepass", "secret");

    assertThat(run("streams: [" + stream + "]", "none", "wrong")).isEqualTo(5);
    assertThat(output()).contains("WRONGPASS").doesNotContain("wrong@");
  }

  @Test
  void aMissingPasswordIsNamed() throws Exception {
    redis.configSet("requirepass", "secret");

    assertThat(run("streams: [" + stream + "]", "none")).isEqualTo(5);
    assertThat(output()).contains("NOAUTH");
  }

  @Test
  void aServerThatMayEvictTheRecordsOfTheStoreIsNamed() throws Exception {
    redis.configSet("maxmemory-policy", "volatile-lru");

    assertThat(run("streams: [" + stream + "]", "redis")).isEqualTo(5);
    assertThat(output()).contains("may evict").contains("maxmemory-policy volatile-lru");
  }

  @Test
  void aServerThatMayEvictTheStreamIsNamed() throws Exception {
    redis.configSet("maxmemory-policy", "allkeys-lru");

    assertThat(run("streams: [" + stream + "]", "none")).isEqualTo(5);
    assertThat(output())
        .contains("may evict streams")
        .contains("maxmemory-policy allkeys-lru")
        .contains("noeviction");
  }

  @Test
  void aServerThatMayEvictTheLeasesOfShardsIsNamed() throws Exception {
    redis.configSet("maxmemory-policy", "volatile-ttl");

    assertThat(run("shards: {prefix: " + stream + ", count: 2}", "none")).isEqualTo(5);
    assertThat(output()).contains("may evict leases").contains("maxmemory-policy volatile-ttl");
  }

  @Test
  void aCommandThatTheUserMayNotSendIsNamed() throws Exception {
    redis.aclSetUser("default", "on", "nopass", "+@all", "-xautoclaim");

    assertThat(run("streams: [" + stream + "]", "none")).isEqualTo(5);
    assertThat(output()).contains("NOPERM").contains("xautoclaim");
  }

  private int run(String source, String store) throws IOException, InterruptedException {
    return run(source, store, null);
  }

  private int run(String source, String store, @Nullable String password)
      throws IOException, InterruptedException {
    String secret = password == null ? "" : ", password: " + password;
    String idempotency =
        store.equals("none") ? "" : "    idempotency: {store: redis, key: position}\n";
    Files.writeString(
        folder.resolve("tailrace.yaml"),
        """
        name: unfit
        redis: {url: "%s"%s}
        admin: {port: 0}
        probes: {port: 0}
        startup: {deadline: 60s}
        pipelines:
          - name: payments
            source: {redis: {%s, group: unfit, start: earliest}}
            order: unordered
            handler: {log: {}}
        """
                .formatted(server.url(), secret, source)
            + idempotency);
    return FatJar.run(folder, folder.resolve("log"), List.of("run"));
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("log"));
  }
}
