package dev.tailrace.redis.store;

import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.local.RedisCluster;
import dev.tailrace.local.Servers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A store on the cluster for each test, with what it tells of losses. */
public final class ClusterScene implements BeforeEachCallback, AfterEachCallback {
  /** Keys that have it are in one slot. */
  public static final String TAG = "{moving}";

  /** Which one. */
  public static final int SLOT = HashSlot.of(TAG);

  /** What a user needs in a cluster, beside those of scripts or transactions. */
  public static final String RIGHTS = RedisStoreRightsIT.ALWAYS + " +cluster|slots +asking ";

  private static final String PASSWORD = "secret";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  final RedisCluster cluster = RedisCluster.shared();
  final EventLoop loop = new EventLoop();
  final String namespace = Servers.uniqueName("cluster");
  final RecordedMemory memory = new RecordedMemory();
  final RedisIdempotencyStore store;

  /** Of a user who may do anything. */
  ClusterScene() {
    this.store = store(cluster.urls().subList(0, 2)); // they name the others
  }

  /** Of a user who has these rights. */
  ClusterScene(String rights) {
    this.store = limited(rights);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    store.onMemory(memory);
    loop.await(store::open);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    loop.await(store::close);
    loop.close();
  }

  <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return loop.await(() -> operation.apply(store));
  }

  RedisIdempotencyStore store(List<String> urls) {
    return store(new RedisConfig(RedisServers.cluster(urls), null, null, TIMEOUT));
  }

  /** Of a new user who has these rights, on the keys of the store. */
  RedisIdempotencyStore limited(String rights) {
    return of(user(rights));
  }

  /** A new user who has these rights, on the keys of the store. */
  String user(String rights) {
    String user = Servers.uniqueName("user");
    cluster.addUser(user, PASSWORD, "~" + namespace + ":*", rights);
    return user;
  }

  /** Of a user that there is. */
  RedisIdempotencyStore of(String user) {
    return store(new RedisConfig(RedisServers.cluster(cluster.urls()), user, PASSWORD, TIMEOUT));
  }

  RedisIdempotencyStore store(RedisConfig config) {
    return loop.get(
        () -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config, namespace, 0));
  }
}
