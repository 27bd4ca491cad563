package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.local.SecuredSentinel;
import dev.tailrace.local.Servers;
import dev.tailrace.runtime.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a sentinel and to the server that it names; skipped where the server has none. */
class RedisTlsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static @Nullable SecuredSentinel servers;

  private final EventLoop loop = new EventLoop();

  @BeforeAll
  static void start(@TempDir Path folder) {
    assumeThat(SecuredSentinel.isPossible(folder)).as("the server was built with TLS").isTrue();
    servers = new SecuredSentinel(folder);
  }

  @AfterAll
  static void stop() {
    if (servers != null) {
      servers.close();
    }
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void sentinelAndServerAreSpokenToAlikeAndShownOurCertificate() {
    RedisIdempotencyStore store = store(known(servers()));
    loop.await(store::open);

    ClaimRequest request = new ClaimRequest("k", "c", "me", "ab".repeat(32), Duration.ofMinutes(5));
    assertThat(loop.await(() -> store.claim(List.of(request)))).allMatch(Reply::isOk);
    loop.await(store::close);
  }

  @Test
  void aSentinelOfAnUnknownAuthorityIsNotBelieved() {
    assertNotConnected(RedisTls.DEFAULT);
  }

  @Test
  void whoShowsNoCertificateIsNotLetIn() {
    assertNotConnected(new RedisTls(servers().authority(), null, null));
  }

  private void assertNotConnected(RedisTls tls) {
    RedisIdempotencyStore store = store(tls);
    CompletableFuture<Void> opening = loop.start(store::open);

    await()
        .atMost(LIMIT)
        .until(() -> String.valueOf(status(store).error()).contains("no sentinel names"));
    assertThat(status(store).connected()).isFalse();
    loop.await(store::close);
    assertThat(opening).isCompletedExceptionally();
  }

  private static RedisTls known(SecuredSentinel of) {
    return new RedisTls(of.authority(), of.identity().chain(), of.identity().key());
  }

  private Connection status(RedisIdempotencyStore of) {
    return loop.get(() -> of.connection().orElseThrow());
  }

  private RedisIdempotencyStore store(RedisTls tls) {
    RedisServers where = RedisServers.sentinels(SecuredSentinel.PRIMARY, List.of(servers().url()));
    RedisConfig config = new RedisConfig(where, null, null, RedisConfig.DEFAULT_TIMEOUT, tls);
    return loop.get(
        () ->
            new RedisIdempotencyStore(
                loop.vertx(), loop.loop(), config, Servers.uniqueName("tls")));
  }

  private static SecuredSentinel servers() {
    if (servers == null) {
      throw new IllegalStateException("not started");
    }
    return servers;
  }
}
