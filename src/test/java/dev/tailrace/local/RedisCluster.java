package dev.tailrace.local;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.args.ClusterFailoverOption;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.params.MigrateParams;

/**
 * A Redis cluster of three primaries, each with a third of the slots and one replica, every server
 * a process of its own on this machine. To be used by one thread at a time.
 */
public final class RedisCluster implements AutoCloseable {
  /** For how long a server may be silent: nobody is taken for dead because the machine is slow. */
  public static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int PRIMARIES = 3;
  private static final int SLOTS = 16_384;
  private static final int KEYS_TOGETHER = 100;
  private static final List<String> SETTINGS =
      List.of(
          "--cluster-enabled",
          "yes",
          "--cluster-node-timeout",
          Long.toString(PATIENCE.toMillis()),
          "--cluster-migration-barrier",
          "5"); // replicas stay with their primaries

  private final List<LocalRedis> servers = new ArrayList<>();

  private RedisCluster() {}

  /**
   * A cluster in which everybody knows everybody, and the replicas hold what their primaries do.
   */
  public static RedisCluster start() {
    RedisCluster cluster = new RedisCluster();
    try {
      for (int i = 0; i < 2 * PRIMARIES; i++) {
        cluster.servers.add(LocalRedis.startWithBus(SETTINGS));
      }
      cluster.join();
      return cluster;
    } catch (RuntimeException failure) {
      cluster.close();
      throw failure;
    }
  }

  /**
   * The cluster of this JVM's tests, which each leaves whole, and in which names of their own part
   * them; ends with the JVM.
   */
  public static RedisCluster shared() {
    return Shared.CLUSTER;
  }

  private static final class Shared {
    static final RedisCluster CLUSTER = start();
  }

  private void join() {
    for (int i = 0; i < servers.size(); i++) {
      String epoch = Integer.toString(i + 1); // or they would have to agree who has which
      call(
          servers.get(i),
          jedis -> jedis.sendCommand(Protocol.Command.CLUSTER, "SET-CONFIG-EPOCH", epoch));
    }
    for (int i = 0; i < PRIMARIES; i++) {
      int[] slots = IntStream.range(first(i), first(i + 1)).toArray();
      call(servers.get(i), jedis -> jedis.clusterAddSlots(slots));
    }
    for (LocalRedis server : servers) {
      call(server, jedis -> jedis.clusterMeet(LocalProcess.HOST, servers.get(0).port()));
    }
    await()
        .atMost(LIMIT)
        .until(
            () ->
                servers.stream()
                    .allMatch(server -> info(server).contains("cluster_known_nodes:6")));
    for (int i = 0; i < PRIMARIES; i++) {
      String primary = id(servers.get(i));
      LocalRedis replica = servers.get(PRIMARIES + i);
      await()
          .atMost(LIMIT)
          .ignoreExceptions() // it may not have heard that this one is a primary
          .until(() -> "OK".equals(call(replica, jedis -> jedis.clusterReplicate(primary))));
    }
    awaitWhole();
  }

  private static int first(int primary) {
    return SLOTS * primary / PRIMARIES;
  }

  /** Where all servers are. */
  public List<String> urls() {
    return servers.stream().map(LocalRedis::url).toList();
  }

  /** The server that has a slot, as the others say. */
  public LocalRedis owner(int slot) {
    for (LocalRedis asked : servers) {
      try {
        return owner(asked, slot);
      } catch (RuntimeException away) {
        // the next one may know
      }
    }
    throw new IllegalStateException("nobody knows who has slot " + slot);
  }

  /** A primary that does not have a slot. */
  public LocalRedis stranger(int slot) {
    LocalRedis owner = owner(slot);
    return servers.stream()
        .filter(server -> server != owner)
        .filter(server -> call(server, jedis -> jedis.info("replication")).contains("role:master"))
        .findFirst()
        .orElseThrow();
  }

  /**
   * From now on its new keys are made at the other, while what there is stays until it is moved.
   */
  public void beginMove(int slot, LocalRedis from, LocalRedis to) {
    String source = id(from);
    String target = id(to);
    call(to, jedis -> jedis.clusterSetSlotImporting(slot, source));
    call(from, jedis -> jedis.clusterSetSlotMigrating(slot, target));
  }

  /** Moves so many of its keys, or what there is. */
  public void moveKeys(int slot, LocalRedis from, LocalRedis to, int most) {
    int left = most;
    while (left > 0) {
      int together = Math.min(left, KEYS_TOGETHER);
      List<String> keys = call(from, jedis -> jedis.clusterGetKeysInSlot(slot, together));
      if (keys.isEmpty()) {
        return;
      }
      moveKeys(from, to, keys);
      left -= keys.size();
    }
  }

  /** Moves one of its keys. */
  public void moveKey(String key, LocalRedis from, LocalRedis to) {
    moveKeys(from, to, List.of(key));
  }

  private static void moveKeys(LocalRedis from, LocalRedis to, List<String> keys) {
    call(
        from,
        jedis ->
            jedis.migrate(
                LocalProcess.HOST,
                to.port(),
                0,
                (int) LIMIT.toMillis(),
                new MigrateParams(),
                keys.toArray(String[]::new)));
  }

  /** Moves what is left of the slot, and waits until everybody knows. */
  public void endMove(int slot, LocalRedis from, LocalRedis to) {
    moveKeys(slot, from, to, Integer.MAX_VALUE);
    String target = id(to);
    call(to, jedis -> jedis.clusterSetSlotNode(slot, target));
    call(from, jedis -> jedis.clusterSetSlotNode(slot, target));
    await()
        .atMost(LIMIT)
        .until(() -> servers.stream().allMatch(server -> owner(server, slot) == to));
  }

  /** How many commands a server has refused since not all of their keys were there. */
  public long redirections(LocalRedis server) {
    return call(server, jedis -> jedis.info("errorstats"))
        .lines()
        .filter(line -> line.startsWith("errorstat_ASK:") || line.startsWith("errorstat_TRYAGAIN:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1).trim()))
        .sum();
  }

  /** A user on all servers; the rules are those of ACL SETUSER, parted by spaces. */
  public void addUser(String name, String password, String... rules) {
    Stream<String> all = Stream.of(rules).flatMap(some -> Stream.of(some.split(" ")));
    String[] words = Stream.concat(Stream.of("on", ">" + password), all).toArray(String[]::new);
    servers.forEach(server -> call(server, jedis -> jedis.aclSetUser(name, words)));
  }

  /** A server loses all that it has; and its replica with it. */
  public void flush(LocalRedis server) {
    call(server, Jedis::flushAll);
  }

  /** All that there is goes. */
  public void flush() {
    servers.stream()
        .filter(server -> call(server, jedis -> jedis.info("replication")).contains("role:master"))
        .forEach(this::flush);
  }

  /** Its replica learns nothing new of this primary, from now until it is restarted. */
  public void cutOffReplica(LocalRedis primary) {
    call(primary, jedis -> jedis.aclSetUser("default", "-psync", "-sync"));
    call(primary, jedis -> jedis.clientKill(new ClientKillParams().type(ClientType.SLAVE)));
    await()
        .atMost(LIMIT)
        .until(
            () -> call(primary, jedis -> jedis.info("replication")).contains("connected_slaves:0"));
  }

  /** Its replica takes the slots of a server that was killed, and takes writes. */
  public void failOver(LocalRedis dead) {
    String port = "master_port:" + dead.port() + "\r";
    LocalRedis replica =
        servers.stream()
            .filter(server -> server != dead)
            .filter(server -> call(server, jedis -> jedis.info("replication")).contains(port))
            .findFirst()
            .orElseThrow();
    call(replica, jedis -> jedis.clusterFailover(ClusterFailoverOption.TAKEOVER));
    awaitReplaced(dead);
  }

  /** Waits until all others say that another has the slots of this server. */
  public void awaitReplaced(LocalRedis gone) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                servers.stream()
                    .filter(server -> server != gone)
                    .noneMatch(server -> owners(server).contains("@" + gone.port())));
  }

  /** For how long a server may be silent before the others put its replica in its place. */
  public void patience(Duration silence) {
    String millis = Long.toString(silence.toMillis());
    servers.forEach(
        server -> call(server, jedis -> jedis.configSet("cluster-node-timeout", millis)));
  }

  /** Waits until all servers live and agree, and every replica holds what its primary does. */
  public void awaitWhole() {
    await().atMost(LIMIT).ignoreExceptions().until(() -> isAgreed() && isReplicated());
  }

  private boolean isAgreed() {
    String first = owners(servers.get(0));
    return servers.stream()
        .allMatch(
            server ->
                info(server).contains("cluster_state:ok")
                    && info(server).contains("cluster_size:3")
                    && owners(server).equals(first));
  }

  private boolean isReplicated() {
    for (LocalRedis server : servers) {
      String info = call(server, jedis -> jedis.info("replication"));
      boolean primary = info.contains("role:master");
      if (!info.contains(primary ? "connected_slaves:1" : "master_link_status:up")) {
        return false;
      }
      if (!primary) {
        LocalRedis followed = byPort(Integer.parseInt(field(info, "master_port")));
        String other = call(followed, jedis -> jedis.info("replication"));
        if (Long.parseLong(field(info, "slave_repl_offset"))
            < Long.parseLong(field(other, "master_repl_offset"))) {
          return false;
        }
      }
    }
    return true;
  }

  @Override
  public void close() {
    servers.forEach(LocalProcess::close);
  }

  private String owners(LocalRedis asked) {
    List<String> all = new ArrayList<>();
    for (Object row : call(asked, Jedis::clusterSlots)) {
      List<?> parts = (List<?>) row;
      all.add(parts.get(0) + "-" + parts.get(1) + "@" + ((List<?>) parts.get(2)).get(1));
    }
    all.sort(null);
    return all.toString();
  }

  private LocalRedis owner(LocalRedis asked, int slot) {
    for (Object row : call(asked, Jedis::clusterSlots)) {
      List<?> parts = (List<?>) row;
      if ((long) parts.get(0) <= slot && slot <= (long) parts.get(1)) {
        return byPort(Math.toIntExact((long) ((List<?>) parts.get(2)).get(1)));
      }
    }
    throw new IllegalStateException("nobody has slot " + slot);
  }

  private LocalRedis byPort(int port) {
    return servers.stream().filter(server -> server.port() == port).findFirst().orElseThrow();
  }

  private static String id(LocalRedis server) {
    return call(server, Jedis::clusterMyId);
  }

  private static String info(LocalRedis server) {
    return call(server, Jedis::clusterInfo);
  }

  private static String field(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).trim())
        .findFirst()
        .orElseThrow();
  }

  private static <T> T call(LocalRedis server, Function<Jedis, T> command) {
    try (Jedis jedis = new Jedis(LocalProcess.HOST, server.port(), 2_000)) {
      return command.apply(jedis);
    }
  }
}
