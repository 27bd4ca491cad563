package dev.tailrace.local;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ClientKillParams;

/**
 * A primary with two replicas and three sentinels, each a process of its own on this machine. To be
 * used by one thread at a time.
 */
public final class SentinelGroup implements AutoCloseable {
  /** The name under which the sentinels know the primary. */
  public static final String PRIMARY = "tailrace";

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int REPLICAS = 2;
  private static final int SENTINELS = 3;
  private static final int QUORUM = 2;

  private final List<LocalRedis> servers = new ArrayList<>();
  private final List<LocalSentinel> sentinels = new ArrayList<>();

  private SentinelGroup() {}

  /** A group in which everybody knows everybody, and the replicas hold what the primary holds. */
  public static SentinelGroup start() {
    SentinelGroup group = new SentinelGroup();
    try {
      LocalRedis primary = LocalRedis.start();
      group.servers.add(primary);
      for (int i = 0; i < REPLICAS; i++) {
        String port = Integer.toString(primary.port());
        group.servers.add(LocalRedis.start(List.of("--replicaof", LocalProcess.HOST, port)));
      }
      for (int i = 0; i < SENTINELS; i++) {
        group.sentinels.add(LocalSentinel.start(PRIMARY, primary.port(), QUORUM));
      }
      group.awaitWhole();
      return group;
    } catch (RuntimeException failure) {
      group.close();
      throw failure;
    }
  }

  /** Where the sentinels are. */
  public List<String> urls() {
    return sentinels.stream()
        .map(sentinel -> "redis://" + LocalProcess.HOST + ":" + sentinel.port())
        .toList();
  }

  /** The server that most sentinels take for the primary. */
  public LocalRedis primary() {
    List<Integer> named = sentinels.stream().map(this::named).toList();
    return servers.stream()
        .filter(server -> named.stream().filter(port -> port == server.port()).count() >= QUORUM)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the sentinels name " + named));
  }

  /** The first sentinel of {@link #urls}. */
  public TestServer firstSentinel() {
    return sentinels.get(0);
  }

  /** Waits until the sentinels have made another server the primary, and it takes writes. */
  public void awaitFailover(LocalRedis from) {
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(() -> primary() != from && isPrimary(primary().port()));
  }

  /** Waits until all servers live, and every replica holds what the primary holds. */
  public void awaitWhole() {
    await().atMost(LIMIT).ignoreExceptions().until(() -> isReplicated() && isWatched());
  }

  /** No replica learns anything new of this primary, from now until it is restarted. */
  public void cutOffReplicas(LocalRedis primary) {
    try (Jedis jedis = jedis(primary.port())) {
      jedis.aclSetUser("default", "-psync", "-sync");
      jedis.clientKill(new ClientKillParams().type(ClientType.SLAVE));
      await().atMost(LIMIT).until(() -> jedis.info("replication").contains("connected_slaves:0"));
    }
  }

  @Override
  public void close() {
    sentinels.forEach(LocalProcess::close);
    servers.forEach(LocalProcess::close);
  }

  private boolean isReplicated() {
    int primary = primary().port();
    long reached = replicated(primary, "master_repl_offset");
    return isPrimary(primary)
        && servers.stream()
            .filter(server -> server.port() != primary)
            .allMatch(
                server ->
                    info(server.port(), "replication").contains("master_link_status:up")
                        && replicated(server.port(), "slave_repl_offset") >= reached);
  }

  private boolean isWatched() {
    Predicate<Map<String, String>> knowsAll =
        known ->
            Integer.toString(REPLICAS).equals(known.get("num-slaves"))
                && Integer.toString(SENTINELS - 1).equals(known.get("num-other-sentinels"))
                && "master".equals(known.get("flags"));
    return sentinels.stream()
        .allMatch(
            sentinel -> {
              try (Jedis jedis = jedis(sentinel.port())) {
                return jedis.sentinelMasters().stream().anyMatch(knowsAll);
              }
            });
  }

  private int named(LocalSentinel sentinel) {
    try (Jedis jedis = jedis(sentinel.port())) {
      return Integer.parseInt(jedis.sentinelGetMasterAddrByName(PRIMARY).get(1));
    } catch (JedisException away) {
      return 0;
    }
  }

  private static boolean isPrimary(int port) {
    return info(port, "replication").contains("role:master");
  }

  private static long replicated(int port, String field) {
    return info(port, "replication")
        .lines()
        .filter(line -> line.startsWith(field + ":"))
        .mapToLong(line -> Long.parseLong(line.substring(field.length() + 1).trim()))
        .findFirst()
        .orElse(-1);
  }

  private static String info(int port, String section) {
    try (Jedis jedis = jedis(port)) {
      return jedis.info(section);
    }
  }

  private static Jedis jedis(int port) {
    return new Jedis(LocalProcess.HOST, port, 1_000);
  }
}
