package dev.tailrace.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.redis.EventLoop;
import io.vertx.core.net.NetServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that takes connections and says nothing, as one that stands still does. */
class SilentServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration TIMEOUT = Duration.ofMillis(50);

  private final EventLoop loop = new EventLoop();
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private String url = "";

  @BeforeEach
  void listen() {
    NetServer server = loop.get(() -> loop.vertx().createNetServer());
    server.connectHandler(
        socket -> {
          made.incrementAndGet();
          most.accumulateAndGet(open.incrementAndGet(), Math::max);
          socket.closeHandler(closed -> open.decrementAndGet());
        });
    int port = loop.await(() -> server.listen(0, "127.0.0.1").map(NetServer::actualPort));
    url = "redis://127.0.0.1:" + port;
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void whoTriesAgainAndAgainLeavesNoConnectionBehind() {
    RedisConfig config = new RedisConfig(url, null, TIMEOUT);
    RedisLink link =
        loop.get(() -> new RedisLink(loop.vertx(), loop.loop(), config, new Link.Events() {}));
    CompletableFuture<Void> unused = loop.start(link::open);

    await().atMost(LIMIT).until(() -> made.get() >= 5);
    loop.await(link::close);

    await().atMost(LIMIT).until(() -> open.get() == 0);
    assertThat(most.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void whoAsksForTheSlotsAgainAndAgainLeavesNoConnectionBehind() {
    RedisConfig config = new RedisConfig(RedisServers.cluster(List.of(url)), null, null, TIMEOUT);
    SlotLink link =
        loop.get(
            () -> {
              SlotMapFinder finder = new SlotMapFinder(loop.vertx(), loop.loop(), config);
              return new SlotLink(0, finder, new Link.Events() {});
            });
    CompletableFuture<Void> unused = loop.start(link::open);

    await().atMost(LIMIT).until(() -> made.get() >= 5);
    loop.await(link::close);

    await().atMost(LIMIT).until(() -> open.get() == 0);
    assertThat(most.get()).isLessThanOrEqualTo(2);
  }
}
