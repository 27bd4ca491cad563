package dev.tailrace.redis.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.SuspicionContract;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.local.RedisServer;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.SourceHarness;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The store's contract on a real server, and what only a server can do. */
class RedisIdempotencyStoreIT extends SuspicionContract {
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final EventLoop loop = new EventLoop();
  private final String namespace = Servers.uniqueName("store");
  private final RedisIdempotencyStore store =
      loop.get(
          () ->
              new RedisIdempotencyStore(
                  loop.vertx(),
                  loop.loop(),
                  RedisConfig.of(SharedServers.get().redis().url()),
                  namespace,
                  1_000));

  @BeforeEach
  void open() {
    loop.await(store::open);
  }

  @AfterEach
  void close() {
    loop.await(store::close);
    loop.close();
  }

  @Override
  protected <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return loop.await(() -> operation.apply(store));
  }

  @Test
  void anotherInstanceSeesTheSameRecordsAndAnotherNamespaceDoesNot() {
    ClaimRequest request = request("k", "c1");
    loop.await(() -> store.claim(List.of(request)));
    RedisIdempotencyStore same = store(SharedServers.get().redis().url(), namespace);
    RedisIdempotencyStore other = store(SharedServers.get().redis().url(), namespace + "-other");
    loop.await(same::open);
    loop.await(other::open);

    assertThat(claim(same, request("k", "c2")).kind()).isEqualTo(ClaimAnswer.Kind.BUSY);
    assertThat(claim(other, request("k", "c2")).kind()).isEqualTo(ClaimAnswer.Kind.WON);

    loop.await(same::close);
    loop.await(other::close);
  }

  @Test
  void aDamagedRecordIsAsGoodAsLostAndKeepsNoOtherKeyFromItsAnswer() {
    SplittableRandom random = new SplittableRandom(20_261_121);
    List<ClaimRequest> requests =
        IntStream.range(0, 300).mapToObj(i -> request("damaged-" + i, "c" + i)).toList();
    loop.await(() -> store.claim(requests));
    try (Jedis redis = new Jedis(URI.create(SharedServers.get().redis().url()))) {
      for (ClaimRequest request : requests) {
        damage(redis, (namespace + ":idempotency:" + request.key()).getBytes(UTF_8), random);
      }
    }

    List<ClaimRequest> others =
        IntStream.range(0, 300).mapToObj(i -> request("damaged-" + i, "other" + i)).toList();
    List<Reply<ClaimAnswer>> answers = loop.await(() -> store.claim(others));

    assertThat(answers).hasSize(300).allMatch(Reply::isOk);
    List<Fence> fences =
        answers.stream()
            .map(answer -> ((Reply.Ok<ClaimAnswer>) answer).value().fence())
            .filter(Objects::nonNull)
            .toList();
    assertThat(fences).hasSizeGreaterThan(100);
    assertThat(loop.await(() -> store.renew(fences))).allMatch(Reply::isOk);
    assertThat(loop.await(() -> store.complete(completions(fences)))).allMatch(Reply::isOk);
  }

  /** Cuts it, flips bits of it, or puts something else in its place. */
  private static void damage(Jedis redis, byte[] key, SplittableRandom random) {
    byte[] record = redis.get(key);
    switch (random.nextInt(3)) {
      case 0 -> record = Arrays.copyOf(record, random.nextInt(record.length));
      case 1 -> random.nextBytes(record);
      default -> {
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          record[random.nextInt(record.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    redis.set(key, record);
  }

  private static List<Completion> completions(List<Fence> fences) {
    return fences.stream()
        .map(fence -> new Completion(fence, false, Duration.ofMinutes(1)))
        .toList();
  }

  @Test
  void aListOfThousandsIsOneAnswer() {
    List<ClaimRequest> many =
        IntStream.range(0, 5_000).mapToObj(i -> request("many-" + i, "c" + i)).toList();

    List<Reply<ClaimAnswer>> answers = loop.await(() -> store.claim(many));

    assertThat(answers).hasSize(5_000).allMatch(Reply::isOk);
    assertThat(answers.get(4_711)).isInstanceOf(Reply.Ok.class);
    ClaimAnswer answer = ((Reply.Ok<ClaimAnswer>) answers.get(4_711)).value();
    assertThat(answer.fence()).isNotNull().extracting(Fence::key).isEqualTo("many-4711");
  }

  @Test
  void aFrozenServerMakesRepliesUnknownAndTheSameClaimIsWonLater() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisConfig config = new RedisConfig(server.url(), null, Duration.ofMillis(300));
      RedisIdempotencyStore frozen = store(config, namespace);
      loop.await(frozen::open);
      server.pause();

      List<Reply<ClaimAnswer>> replies =
          loop.await(() -> frozen.claim(List.of(request("k", "c1"))));

      assertThat(replies).hasSize(1).allMatch(Reply::isUnknown);
      assertThat(status(frozen).connected()).isFalse();
      server.resume();
      await()
          .atMost(LIMIT)
          .until(
              () -> loop.await(() -> frozen.claim(List.of(request("k", "c1")))),
              again -> again.get(0).isOk());
      assertThat(claim(frozen, request("k", "c1")).kind()).isEqualTo(ClaimAnswer.Kind.WON);
      assertThat(status(frozen).connected()).isTrue();
      loop.await(frozen::close);
    }
  }

  @Test
  void aRestartedServerIsFoundAgainWithItsRecordsAndWithoutItsScripts() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisIdempotencyStore restarted = store(server.url(), namespace);
      RecordedMemory memory = new RecordedMemory();
      restarted.onMemory(memory);
      loop.await(restarted::open);
      Fence fence = claim(restarted, request("k", "c1")).fence();
      assertThat(fence).isNotNull();

      server.restart();

      Completion completion = new Completion(fence, false, LEASE);
      await()
          .atMost(LIMIT)
          .until(
              () -> loop.await(() -> restarted.complete(List.of(completion))),
              replies -> replies.equals(List.of(Reply.ok(true))));
      assertThat(claim(restarted, request("k", "c2")).kind()).isEqualTo(ClaimAnswer.Kind.DONE);
      assertThat(memory.losses).as("all of it was on the disk").isEmpty();
      assertThat(memory.gaps).hasSize(1);
      loop.await(restarted::close);
    }
  }

  @Test
  void openGoesOnTryingUntilTheServerIsThere() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      server.kill();
      RedisIdempotencyStore early = store(server.url(), namespace);
      CompletableFuture<Void> opened = loop.start(early::open);
      await().atMost(LIMIT).until(() -> status(early).error() != null);
      assertThat(opened).isNotDone();

      server.restart();

      SourceHarness.join(opened);
      assertThat(status(early).connected()).isTrue();
      loop.await(early::close);
    }
  }

  @Test
  void aServerThatEvictsIsRefused() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      configure(server, "maxmemory-policy", "allkeys-lru");
      RedisIdempotencyStore unfit = store(server.url(), namespace);

      assertThatThrownBy(() -> loop.await(unfit::open))
          .isInstanceOf(UnfitException.class)
          .hasMessageContaining("maxmemory-policy allkeys-lru");
      loop.await(unfit::close);
    }
  }

  @Test
  void aServerThatWantsAnotherPasswordIsRefused() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      configure(server, "requirepass", "secret");
      RedisIdempotencyStore none = store(server.url(), namespace);
      RedisIdempotencyStore wrong =
          store(new RedisConfig(server.url(), "wrong", Duration.ofSeconds(2)), namespace);
      RedisIdempotencyStore right =
          store(new RedisConfig(server.url(), "secret", Duration.ofSeconds(2)), namespace);

      assertThatThrownBy(() -> loop.await(none::open)).isInstanceOf(UnfitException.class);
      assertThatThrownBy(() -> loop.await(wrong::open)).isInstanceOf(UnfitException.class);
      loop.await(right::open);
      loop.await(right::close);
    }
  }

  @Test
  void aStoreThatHasLostItsRecordsSaysSoToEveryoneOnce() {
    RedisIdempotencyStore other = store(SharedServers.get().redis().url(), namespace);
    RecordedMemory one = new RecordedMemory();
    RecordedMemory another = new RecordedMemory();
    store.onMemory(one);
    other.onMemory(another);
    loop.await(other::open);
    RedisLink link = link(SharedServers.get().redis().url());
    loop.await(link::open);
    String canary = namespace + ":idempotency-canary";
    awaitAnswer(link, Request.cmd(Command.EXISTS).arg(canary), "1");

    awaitAnswer(link, Request.cmd(Command.DEL).arg(canary), "1");

    await().atMost(LIMIT).until(() -> one.losses.size() + another.losses.size() >= 2);
    awaitAnswer(link, Request.cmd(Command.EXISTS).arg(canary), "1");
    assertThat(one.losses).hasSize(1);
    assertThat(another.losses).hasSize(1);
    loop.await(other::close);
    loop.await(link::close);
  }

  @Test
  void noClaimIsWonAfterALossWithoutSayingSinceWhenTheStoreRemembers() {
    RecordedMemory memory = new RecordedMemory();
    store.onMemory(memory);
    RedisLink link = link(SharedServers.get().redis().url());
    loop.await(link::open);
    Fence before = won("before");
    Request lost = Request.cmd(Command.DEL).arg(namespace + ":idempotency-canary");
    loop.await(() -> link.send(lost, Object::toString));

    Fence after = won("after");

    assertThat(memory.moments).isNotEmpty();
    long since = memory.moments.get(memory.moments.size() - 1);
    assertThat(since).isGreaterThan(before.token()).isLessThanOrEqualTo(after.token());
    RedisIdempotencyStore late = store(SharedServers.get().redis().url(), namespace);
    RecordedMemory found = new RecordedMemory();
    late.onMemory(found);
    loop.await(late::open);
    assertThat(found.moments).as("what one finds that was not there").containsExactly(since);
    loop.await(late::close);
    loop.await(link::close);
  }

  private Fence won(String key) {
    Reply<ClaimAnswer> reply = loop.await(() -> store.claim(List.of(request(key, key)))).get(0);
    return Objects.requireNonNull(((Reply.Ok<ClaimAnswer>) reply).value().fence());
  }

  private void awaitAnswer(RedisLink link, Request request, String expected) {
    await()
        .atMost(LIMIT)
        .until(
            () ->
                loop.await(() -> link.send(request, Object::toString))
                        instanceof Reply.Ok<String> ok
                    && ok.value().equals(expected));
  }

  @Test
  void whatTheServerRefusesIsFailed() {
    RedisLink link = link(SharedServers.get().redis().url());
    loop.await(link::open);
    String key = namespace + ":idempotency:not-ours";
    Request list = Request.cmd(Command.LPUSH).arg(key).arg("x");
    assertThat(loop.await(() -> link.send(list, Object::toString)).isOk()).isTrue();

    List<Reply<ClaimAnswer>> replies =
        loop.await(() -> store.claim(List.of(request("not-ours", "c1"))));

    assertThat(replies).hasSize(1);
    assertThat(replies.get(0)).isInstanceOf(Reply.Failed.class);
    loop.await(link::close);
  }

  @Test
  void aClosedStoreAnswersUnknown() {
    RedisIdempotencyStore closed = store(SharedServers.get().redis().url(), namespace);
    loop.await(closed::open);
    loop.await(closed::close);
    loop.await(closed::close);

    assertThat(loop.await(() -> closed.claim(List.of(request("k", "c1")))))
        .hasSize(1)
        .allMatch(Reply::isUnknown);
  }

  private Connection status(RedisIdempotencyStore of) {
    return loop.get(() -> of.connection().orElseThrow());
  }

  private ClaimAnswer claim(RedisIdempotencyStore of, ClaimRequest request) {
    List<Reply<ClaimAnswer>> replies = loop.await(() -> of.claim(List.of(request)));
    assertThat(replies).hasSize(1).allMatch(Reply::isOk);
    return ((Reply.Ok<ClaimAnswer>) replies.get(0)).value();
  }

  private static ClaimRequest request(String key, String claimId) {
    return new ClaimRequest(key, claimId, "owner#1", "ab".repeat(32), LEASE);
  }

  private RedisIdempotencyStore store(String url, String prefix) {
    return store(RedisConfig.of(url), prefix);
  }

  private RedisIdempotencyStore store(RedisConfig config, String prefix) {
    return loop.get(() -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config, prefix));
  }

  private RedisLink link(String url) {
    return loop.get(
        () -> new RedisLink(loop.vertx(), loop.loop(), RedisConfig.of(url), new Link.Events() {}));
  }

  private void configure(RedisServer server, String setting, String value) {
    RedisLink link = link(server.url());
    loop.await(link::open);
    Request set = Request.cmd(Command.CONFIG).arg("SET").arg(setting).arg(value);
    assertThat(loop.await(() -> link.send(set, Object::toString)).isOk()).isTrue();
    loop.await(link::close);
  }
}
