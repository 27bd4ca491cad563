package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.local.SecuredCluster;
import dev.tailrace.local.SecuredSentinel;
import dev.tailrace.local.Servers;
import dev.tailrace.local.TlsSettings;
import dev.tailrace.message.Headers;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.link.RedisTls;
import dev.tailrace.redis.sink.RedisSinkFactory;
import dev.tailrace.redis.sink.RedisTierFactory;
import dev.tailrace.redis.store.ClusterScene;
import dev.tailrace.redis.store.RedisIdempotencyStore;
import dev.tailrace.redis.stream.FieldMapping;
import dev.tailrace.redis.stream.RedisSourceConfig;
import dev.tailrace.redis.stream.RedisTierConfig;
import dev.tailrace.redis.stream.Shards;
import dev.tailrace.redis.stream.StreamConsumer;
import dev.tailrace.redis.stream.TierFixture;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Until;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS to a server, to a sentinel that names it, and to a cluster; skipped where they have none. */
class RedisTlsIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static @Nullable TlsSettings tls;
  private static @Nullable SecuredSentinel servers;
  private static @Nullable SecuredCluster cluster;

  private final EventLoop loop = new EventLoop();
  private final String name = Servers.uniqueName("tls");

  @BeforeAll
  static void start(@TempDir Path folder) {
    assumeThat(TlsSettings.arePossible(folder)).as("the server was built with TLS").isTrue();
    TlsSettings settings = new TlsSettings(folder);
    tls = settings;
    servers = new SecuredSentinel(settings);
    cluster = new SecuredCluster(settings);
  }

  @AfterAll
  static void stop() {
    if (servers != null) {
      servers.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void sentinelAndServerAreSpokenToAlikeAndShownOurCertificate() {
    RedisIdempotencyStore store = store(sentinel(), known());
    loop.await(store::open);

    assertThat(loop.await(() -> store.claim(List.of(request("k"))))).allMatch(Reply::isOk);
    loop.await(store::close);
  }

  @Test
  void aSentinelOfAnUnknownAuthorityIsNotBelieved() {
    assertNotConnected(sentinel(), RedisTls.DEFAULT, "no sentinel names");
  }

  @Test
  void whoShowsNoCertificateIsNotLetIn() {
    assertNotConnected(
        sentinel(), new RedisTls(settings().authority(), null, null), "no sentinel names");
  }

  @Test
  void aClusterIsSpokenToByTlsAlsoWhereASlotHasMovedTo() {
    RedisIdempotencyStore store = store(secured(), known());
    loop.await(store::open);
    List<ClaimRequest> many = IntStream.range(0, 50).mapToObj(i -> request("k" + i)).toList();
    assertThat(loop.await(() -> store.claim(many))).allMatch(Reply::isOk);

    Objects.requireNonNull(cluster).give(ClusterScene.SLOT);

    assertThat(loop.await(() -> store.claim(List.of(request(ClusterScene.TAG)))))
        .allMatch(Reply::isOk);
    loop.await(store::close);
  }

  @Test
  void aClusterOfAnUnknownAuthorityIsNotBelieved() {
    assertNotConnected(secured(), RedisTls.DEFAULT, "nobody knows the slots");
  }

  @Test
  void streamsShardsTiersAndDeadLettersGoByTlsToTheServer() {
    goesAllTheWay(RedisServers.standalone(servers().serverUrl()));
  }

  @Test
  void streamsShardsTiersAndDeadLettersGoByTlsToTheServerThatASentinelNames() {
    goesAllTheWay(sentinel());
  }

  @Test
  void streamsShardsTiersAndDeadLettersGoByTlsToACluster() {
    goesAllTheWay(secured());
  }

  @Test
  void aStreamIsReadOnByTlsWhereItsSlotHasMovedTo() {
    RedisConfig config = config(secured(), known());
    Sink stream = sink(config, name);
    put(stream, "here");
    StreamConsumer consumer =
        StreamConsumer.finishing(loop, reading(config, List.of(name), null), "a");
    await().atMost(LIMIT).until(() -> consumer.bodies().equals(List.of("here")));

    Objects.requireNonNull(cluster).give(HashSlot.of(name));
    put(stream, "there");

    await().atMost(LIMIT).until(() -> consumer.bodies().equals(List.of("here", "there")));
    await().atMost(LIMIT).until(() -> consumer.flush().unknown() == 0);
    assertThat(consumer.alarms()).isEmpty();
    consumer.drain();
    loop.await(stream::close);
  }

  /** What is read is put off, comes back when it is due, and becomes a dead letter. */
  private void goesAllTheWay(RedisServers where) {
    RedisConfig config = config(where, known());
    Shards shards = new Shards(name + "-sharded", 1, Duration.ofSeconds(9));
    Sink sharded = sink(config, shards.names().get(0));
    put(sharded, "in a shard");
    StreamConsumer owner =
        StreamConsumer.finishing(loop, reading(config, shards.names(), shards), "a");
    await().atMost(LIMIT).until(() -> owner.bodies().equals(List.of("in a shard")));
    owner.drain();

    Sink stream = sink(config, name);
    put(stream, "plain");
    RedisSourceConfig source = reading(config, List.of(name), null);
    StreamConsumer consumer = StreamConsumer.holding(loop, source, "a");
    await().atMost(LIMIT).until(() -> consumer.bodies().equals(List.of("plain")));
    Sink tier = loop.get(() -> new RedisTierFactory(source, "retry").sink(loop.loop()));
    loop.await(tier::open);
    OutgoingMessage later = TierFixture.later(consumer.accepted().get(0), Duration.ZERO);
    assertThat(loop.await(() -> tier.send(List.of(later)))).allMatch(Reply::isOk);
    StreamConsumer due = StreamConsumer.ofDue(loop, RedisTierConfig.of(source, "retry"), "a");
    await().atMost(LIMIT).until(() -> due.bodies().equals(List.of("plain")));

    Sink letters = sink(config, name + "-dlq");
    put(letters, "dead");
    RedisSinkFactory factory = new RedisSinkFactory(config, name + "-dlq");
    DeadLetterBox box = loop.get(() -> factory.box(loop.loop()));
    loop.await(box::open);

    due.each(Delivery::settle);
    due.drain();
    consumer.die();
    for (Sink each : List.of(sharded, stream, tier, letters)) {
      loop.await(each::close);
    }
    loop.await(box::close);
  }

  private Sink sink(RedisConfig config, String stream) {
    RedisSinkFactory factory = new RedisSinkFactory(config, stream);
    Sink sink = loop.get(() -> factory.sink(loop.loop()));
    loop.await(sink::open);
    return sink;
  }

  private void put(Sink sink, String body) {
    OutgoingMessage message = new OutgoingMessage(null, Buffer.buffer(body), Headers.empty());
    assertThat(loop.await(() -> sink.send(List.of(message)))).allMatch(Reply::isOk);
  }

  private static RedisSourceConfig reading(
      RedisConfig config, List<String> streams, @Nullable Shards shards) {
    return new RedisSourceConfig(
        config,
        streams,
        "readers",
        RedisSourceConfig.Start.EARLIEST,
        FieldMapping.DEFAULT,
        Duration.ofSeconds(60),
        RedisSourceConfig.Trim.NONE,
        shards,
        Until.STOP);
  }

  private void assertNotConnected(RedisServers where, RedisTls as, String why) {
    RedisIdempotencyStore store = store(where, as);
    CompletableFuture<Void> opening = loop.start(store::open);

    await().atMost(LIMIT).until(() -> String.valueOf(status(store).error()).contains(why));
    assertThat(status(store).connected()).isFalse();
    loop.await(store::close);
    assertThat(opening).isCompletedExceptionally();
  }

  private static ClaimRequest request(String key) {
    String claimId = Servers.uniqueName("claim");
    return new ClaimRequest(key, claimId, "me", "ab".repeat(32), Duration.ofMinutes(5));
  }

  private static RedisTls known() {
    TlsSettings of = settings();
    return new RedisTls(of.authority(), of.identity().chain(), of.identity().key());
  }

  private Connection status(RedisIdempotencyStore of) {
    return loop.get(() -> of.connection().orElseThrow());
  }

  private RedisIdempotencyStore store(RedisServers where, RedisTls as) {
    return loop.get(
        () -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config(where, as), name));
  }

  private static RedisConfig config(RedisServers where, RedisTls as) {
    return new RedisConfig(where, null, null, RedisConfig.DEFAULT_TIMEOUT, as);
  }

  private static RedisServers sentinel() {
    return RedisServers.sentinels(SecuredSentinel.PRIMARY, List.of(servers().url()));
  }

  private static RedisServers secured() {
    return RedisServers.cluster(Objects.requireNonNull(cluster, "not started").urls());
  }

  private static SecuredSentinel servers() {
    return Objects.requireNonNull(servers, "not started");
  }

  private static TlsSettings settings() {
    return Objects.requireNonNull(tls, "not started");
  }
}
