package dev.tailrace.local;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.MigrateParams;

/** A Redis cluster of two primaries with half of the slots each, which speak TLS. */
public final class SecuredCluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int SLOTS = 16_384;
  private static final int MOST_KEYS = 1_000;

  private final List<Integer> ports = new ArrayList<>();
  private final List<LocalRedis> servers = new ArrayList<>();

  /** Both running, and known to each other. */
  public SecuredCluster(TlsSettings tls) {
    for (int i = 0; i < 2; i++) {
      int port = LocalProcess.freePorts();
      Stream<String> cluster =
          Stream.of(
              "--cluster-enabled",
              "yes",
              "--tls-cluster",
              "yes",
              "--cluster-node-timeout",
              "60000");
      servers.add(LocalRedis.start(Stream.concat(cluster, tls.words(port).stream()).toList()));
      ports.add(port);
    }
    int[] first = IntStream.range(0, SLOTS / 2).toArray();
    int[] second = IntStream.range(SLOTS / 2, SLOTS).toArray();
    call(0, jedis -> jedis.clusterAddSlots(first));
    call(1, jedis -> jedis.clusterAddSlots(second));
    call(1, jedis -> jedis.clusterMeet(LocalProcess.HOST, ports.get(0)));
    await()
        .atMost(LIMIT)
        .until(
            () ->
                Stream.of(0, 1)
                    .map(server -> call(server, Jedis::clusterInfo))
                    .allMatch(
                        info ->
                            info.contains("cluster_state:ok")
                                && info.contains("cluster_slots_ok:" + SLOTS)));
  }

  /** Where they are, by TLS. */
  public List<String> urls() {
    return ports.stream().map(port -> "rediss://" + LocalProcess.HOST + ":" + port).toList();
  }

  /** Gives a slot, with all that is in it, to the other. */
  public void give(int slot) {
    int to = slot < SLOTS / 2 ? 1 : 0;
    int from = 1 - to;
    String source = call(from, Jedis::clusterMyId);
    String target = call(to, Jedis::clusterMyId);
    call(to, jedis -> jedis.clusterSetSlotImporting(slot, source));
    call(from, jedis -> jedis.clusterSetSlotMigrating(slot, target));
    List<String> keys = call(from, jedis -> jedis.clusterGetKeysInSlot(slot, MOST_KEYS));
    if (!keys.isEmpty()) {
      int port = ports.get(to);
      int millis = (int) LIMIT.toMillis();
      String[] all = keys.toArray(String[]::new);
      call(
          from,
          jedis -> jedis.migrate(LocalProcess.HOST, port, 0, millis, new MigrateParams(), all));
    }
    call(to, jedis -> jedis.clusterSetSlotNode(slot, target));
    call(from, jedis -> jedis.clusterSetSlotNode(slot, target));
  }

  private <T> T call(int server, Function<Jedis, T> command) {
    try (Jedis jedis = new Jedis(LocalProcess.HOST, servers.get(server).port(), 2_000)) {
      return command.apply(jedis);
    }
  }

  @Override
  public void close() {
    servers.forEach(LocalProcess::close);
  }
}
