package dev.tailrace.redis.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.SourceHarness;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** One connection: its answers in order, its limits, its losses. */
class RedisLinkIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration QUICK = Duration.ofMillis(400);

  private final EventLoop loop = new EventLoop();
  private final List<String> events = new ArrayList<>(); // event loop only
  private final String key = Servers.uniqueName("link");

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void commandsFarBeyondTheLimitAreAnsweredInTheirOrder() {
    RedisLink link = link(RedisConfig.of(SharedServers.get().redis().url()));
    loop.await(link::open);
    int many = 10 * RedisLink.IN_FLIGHT_LIMIT;

    List<Reply<Long>> replies = loop.await(() -> all(link, many));

    assertThat(replies)
        .isEqualTo(IntStream.rangeClosed(1, many).mapToObj(i -> Reply.ok((long) i)).toList());
    loop.await(link::close);
  }

  @Test
  void whatTheServerRefusesIsFailedAndTheConnectionStays() {
    RedisLink link = link(RedisConfig.of(SharedServers.get().redis().url()));
    loop.await(link::open);
    loop.await(() -> increment(link));

    Reply<String> reply =
        loop.await(() -> link.send(Request.cmd(Command.LLEN).arg(key), String::valueOf));

    assertThat(reply).isInstanceOf(Reply.Failed.class);
    assertThat(reply.cause()).hasMessageStartingWith("WRONGTYPE");
    assertThat(loop.await(() -> increment(link))).isEqualTo(Reply.ok(2L));
    assertThat(seen()).containsExactly("up");
    loop.await(link::close);
  }

  @Test
  void aFrozenServerIsLeftAfterTheTimeOutAndFoundAgain() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisLink link = link(new RedisConfig(server.url(), null, QUICK));
      loop.await(link::open);
      server.pause();

      List<Reply<Long>> replies = loop.await(() -> all(link, 100));

      assertThat(replies).hasSize(100).allMatch(Reply::isUnknown);
      assertThat(seen()).containsExactly("up", "down");
      assertThat(loop.get(link::status).connected()).isFalse();
      assertThat(loop.get(link::status).error()).contains("400 ms");
      server.resume();
      await().atMost(LIMIT).until(() -> loop.get(link::isUp));
      assertThat(loop.await(() -> increment(link)).isOk()).isTrue();
      loop.await(link::close);
    }
  }

  @Test
  void whileTheServerIsAwayCommandsWaitForItAndOnlyTheirTimeOut() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisLink patient = link(new RedisConfig(server.url(), null, LIMIT));
      RedisLink hasty = link(new RedisConfig(server.url(), null, QUICK));
      loop.await(patient::open);
      loop.await(hasty::open);
      server.kill();
      await().atMost(LIMIT).until(() -> !loop.get(patient::isUp) && !loop.get(hasty::isUp));

      CompletableFuture<Reply<Long>> waiting = loop.start(() -> increment(patient));
      assertThat(loop.await(() -> increment(hasty)).isUnknown()).isTrue();
      assertThat(waiting).isNotDone();
      server.restart();

      assertThat(SourceHarness.join(waiting))
          .isEqualTo(Reply.ok(1L)); // sent once, by one of the two
      loop.await(patient::close);
      loop.await(hasty::close);
    }
  }

  @Test
  void closingMakesWhatIsUnderWayUnknown() {
    RedisLink link = link(RedisConfig.of(SharedServers.get().redis().url()));
    loop.await(link::open);

    List<Reply<Long>> replies =
        loop.await(
            () -> {
              Future<List<Reply<Long>>> all = all(link, 2 * RedisLink.IN_FLIGHT_LIMIT);
              link.close();
              return all;
            });

    assertThat(replies).hasSize(2 * RedisLink.IN_FLIGHT_LIMIT).allMatch(Reply::isUnknown);
    assertThat(loop.await(() -> increment(link)).isUnknown()).isTrue();
  }

  @RepeatedTest(30)
  void whatFollowsAClosingRunsOnTheLoop() {
    RedisLink link = link(RedisConfig.of(SharedServers.get().redis().url()));
    loop.await(link::open);
    loop.await(() -> increment(link));
    boolean inLoop = loop.await(() -> link.close().map(closed -> loop.loop().inLoop()));
    assertThat(inLoop).isTrue();
  }

  private Future<List<Reply<Long>>> all(RedisLink link, int count) {
    List<Future<Reply<Long>>> replies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      replies.add(increment(link));
    }
    return Future.join(replies).map(done -> replies.stream().map(Future::result).toList());
  }

  private Future<Reply<Long>> increment(RedisLink link) {
    return link.send(
        Request.cmd(Command.INCR).arg(key), value -> value == null ? -1 : value.toLong());
  }

  private List<String> seen() {
    return loop.get(() -> List.copyOf(events));
  }

  private RedisLink link(RedisConfig config) {
    Link.Events recorder =
        new Link.Events() {
          @Override
          public void up() {
            events.add("up");
          }

          @Override
          public void down(String why) {
            events.add("down");
          }
        };
    return loop.get(() -> new RedisLink(loop.vertx(), loop.loop(), config, recorder));
  }
}
