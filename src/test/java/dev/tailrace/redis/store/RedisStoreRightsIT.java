package dev.tailrace.redis.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.SuspicionContract;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * The store's contract where its user may run no scripts, and what each right is needed for. The
 * lists of rights are those of docs/redis.md.
 */
class RedisStoreRightsIT extends SuspicionContract {
  static final String ALWAYS = "+info +ping +get +set +time";
  static final String SCRIPTS = "+eval +evalsha";
  static final String TRANSACTIONS = "+watch +unwatch +multi +exec";

  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PASSWORD = "secret";

  private final URI server = URI.create(SharedServers.get().redis().url());
  private final String namespace = Servers.uniqueName("rights");
  private final List<String> users = new ArrayList<>();
  private final Jedis admin = new Jedis(server);
  private final EventLoop loop = new EventLoop();
  private final RedisIdempotencyStore store = store(user(ALWAYS, TRANSACTIONS));

  @BeforeEach
  void open() {
    loop.await(store::open);
  }

  @AfterEach
  void close() {
    loop.await(store::close);
    loop.close();
    users.forEach(admin::aclDelUser);
    admin.close();
  }

  @Override
  protected <T> T call(Function<IdempotencyStore, Future<T>> operation) {
    return loop.await(() -> operation.apply(store));
  }

  @Test
  void scriptsNeedNoRightsOfTransactions() {
    RedisIdempotencyStore scripted = store(user(ALWAYS, SCRIPTS));
    loop.await(scripted::open);

    Fence fence = win(scripted, "k");

    assertThat(loop.await(() -> scripted.renew(List.of(fence)))).containsExactly(Reply.ok(true));
    assertThat(finish(scripted, fence)).isTrue();
    assertThat(claim(scripted, "k").kind()).isEqualTo(Kind.DONE);
    loop.await(scripted::close);
  }

  @Test
  void aServerThatAllowsNeitherIsRefusedByName() {
    RedisIdempotencyStore neither = store(user(ALWAYS));

    assertThatThrownBy(() -> loop.await(neither::open))
        .isInstanceOf(UnfitException.class)
        .hasMessageContainingAll("neither scripts nor transactions", "NOPERM");
    loop.await(neither::close);
  }

  @Test
  void whatOneWritesByScriptTheOtherReadsByTransactionAndTheOtherWayRound() {
    RedisIdempotencyStore scripted = store(user(ALWAYS, SCRIPTS));
    loop.await(scripted::open);
    Fence byScript = win(scripted, "a");
    Fence byTransaction = win(store, "b");
    assertThat(claim(store, "a").kind()).isEqualTo(Kind.BUSY);
    assertThat(claim(scripted, "b").kind()).isEqualTo(Kind.BUSY);

    for (String key : List.of("a", "b")) {
      byte[] packed = admin.get((namespace + ":idempotency:" + key).getBytes(UTF_8));
      assertThat(Objects.requireNonNull(StoredRecord.read(packed)).packed()).isEqualTo(packed);
    }
    assertThat(finish(store, byScript)).isTrue();
    assertThat(finish(scripted, byTransaction)).isTrue();
    assertThat(claim(scripted, "a").kind()).isEqualTo(Kind.DONE);
    assertThat(claim(store, "b").kind()).isEqualTo(Kind.DONE);
    loop.await(scripted::close);
  }

  @Test
  void ofThreeThatClaimTheSameKeysAtOnceOneWinsEach() {
    RedisIdempotencyStore scripted = store(user(ALWAYS, SCRIPTS));
    RedisIdempotencyStore rival = store(user(ALWAYS, TRANSACTIONS));
    loop.await(scripted::open);
    loop.await(rival::open);
    int keys = 400;

    List<CompletableFuture<List<Reply<ClaimAnswer>>>> all = new ArrayList<>();
    for (int begin = 0; begin < keys; begin += 50) {
      List<Integer> part = IntStream.range(begin, begin + 50).boxed().toList();
      Stream.of(store, scripted, rival)
          .forEach(
              each ->
                  all.add(
                      loop.start(
                          () ->
                              each.claim(part.stream().map(i -> request("race-" + i)).toList()))));
    }

    List<String> won =
        all.stream()
            .flatMap(answers -> answers.join().stream())
            .map(answer -> ((Reply.Ok<ClaimAnswer>) answer).value())
            .filter(answer -> answer.kind() == Kind.WON)
            .map(answer -> Objects.requireNonNull(answer.fence()).key())
            .toList();
    assertThat(won).doesNotHaveDuplicates().hasSize(keys);
    loop.await(scripted::close);
    loop.await(rival::close);
  }

  @Test
  void aKeyThatIsSomebodyElsesFailsAloneAndIsLeftAsItIs() {
    admin.lpush(namespace + ":idempotency:not-ours", "x");

    List<Reply<ClaimAnswer>> replies =
        loop.await(() -> store.claim(List.of(request("not-ours"), request("ours"))));

    assertThat(replies.get(0)).isInstanceOf(Reply.Failed.class);
    assertThat(replies.get(1)).isInstanceOf(Reply.Ok.class);
    assertThat(admin.llen(namespace + ":idempotency:not-ours")).isEqualTo(1);
  }

  @Test
  void aDamagedRecordIsAsGoodAsLost() {
    win(store, "damaged");
    admin.set(namespace + ":idempotency:damaged", "no record");

    assertThat(claim(store, "damaged").kind()).isEqualTo(Kind.WON);
  }

  @Test
  void aListOfThousandsIsOneAnswer() {
    List<ClaimRequest> many = IntStream.range(0, 3_000).mapToObj(i -> request("n-" + i)).toList();

    List<Reply<ClaimAnswer>> answers = loop.await(() -> store.claim(many));

    assertThat(answers).hasSize(3_000).allMatch(Reply::isOk);
    ClaimAnswer answer = ((Reply.Ok<ClaimAnswer>) answers.get(2_711)).value();
    assertThat(answer.fence()).isNotNull().extracting(Fence::key).isEqualTo("n-2711");
  }

  @Test
  void aRightThatGoesOrComesWhileTheConnectionLastsIsNoticed() {
    String user = user(ALWAYS, SCRIPTS);
    RedisIdempotencyStore changing = store(user);
    loop.await(changing::open);
    win(changing, "before");

    admin.aclSetUser(user, "-eval", "-evalsha", "+watch", "+unwatch", "+multi", "+exec");

    await()
        .atMost(LIMIT)
        .until(() -> loop.await(() -> changing.claim(List.of(request("after")))).get(0).isOk());
    assertThat(claim(changing, "before").kind()).isEqualTo(Kind.BUSY);
    loop.await(changing::close);
  }

  private static ClaimRequest request(String key) {
    String claimId = Servers.uniqueName("claim");
    return new ClaimRequest(key, claimId, "owner#1", "ab".repeat(32), LEASE);
  }

  private Fence win(RedisIdempotencyStore of, String key) {
    return Objects.requireNonNull(claim(of, key).fence(), "not won");
  }

  private ClaimAnswer claim(RedisIdempotencyStore of, String key) {
    Reply<ClaimAnswer> reply = loop.await(() -> of.claim(List.of(request(key)))).get(0);
    return ((Reply.Ok<ClaimAnswer>) reply).value();
  }

  private boolean finish(RedisIdempotencyStore of, Fence fence) {
    Completion completion = new Completion(fence, false, LEASE);
    return loop.await(() -> of.complete(List.of(completion))).equals(List.of(Reply.ok(true)));
  }

  /** A user of these rights, on this test's keys alone. */
  private String user(String... rights) {
    String name = Servers.uniqueName("user");
    Stream<String> all = Stream.of(rights).flatMap(some -> Stream.of(some.split(" ")));
    Stream<String> login = Stream.of("on", ">" + PASSWORD, "~" + namespace + ":*");
    admin.aclSetUser(name, Stream.concat(login, all).toArray(String[]::new));
    users.add(name);
    return name;
  }

  private RedisIdempotencyStore store(String user) {
    String url = "redis://" + user + "@" + server.getHost() + ":" + server.getPort();
    RedisConfig config = new RedisConfig(url, PASSWORD, Duration.ofSeconds(2));
    return loop.get(() -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config, namespace));
  }
}
