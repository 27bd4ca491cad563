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

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String PASSWORD = "secret";

  private final URI server = URI.create(SharedServers.get().redis().url());
  private final String namespace = Servers.uniqueName("rights");
  private final List<String> users = new ArrayList<>();
  private final Jedis admin = new Jedis(server);
  private final EventLoop loop = new EventLoop();
  private final StoreClaims claims = new StoreClaims(loop);
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

    Fence fence = claims.win(scripted, "k");

    assertThat(loop.await(() -> scripted.renew(List.of(fence)))).containsExactly(Reply.ok(true));
    assertThat(finish(scripted, fence)).isTrue();
    assertThat(claims.claim(scripted, "k").kind()).isEqualTo(Kind.DONE);
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
    Fence byScript = claims.win(scripted, "a");
    Fence byTransaction = claims.win(store, "b");
    assertThat(claims.claim(store, "a").kind()).isEqualTo(Kind.BUSY);
    assertThat(claims.claim(scripted, "b").kind()).isEqualTo(Kind.BUSY);

    for (String key : List.of("a", "b")) {
      byte[] packed = admin.get((namespace + ":idempotency:" + key).getBytes(UTF_8));
      assertThat(Objects.requireNonNull(StoredRecord.read(packed)).packed()).isEqualTo(packed);
    }
    assertThat(finish(store, byScript)).isTrue();
    assertThat(finish(scripted, byTransaction)).isTrue();
    assertThat(claims.claim(scripted, "a").kind()).isEqualTo(Kind.DONE);
    assertThat(claims.claim(store, "b").kind()).isEqualTo(Kind.DONE);
    loop.await(scripted::close);
  }

  @Test
  void ofThreeThatClaimTheSameKeysAtOnceOneWinsEach() {
    RedisIdempotencyStore scripted = store(user(ALWAYS, SCRIPTS));
    RedisIdempotencyStore rival = store(user(ALWAYS, TRANSACTIONS));
    loop.await(scripted::open);
    loop.await(rival::open);

    List<String> won = claims.race(List.of(store, scripted, rival), 400);

    assertThat(won).doesNotHaveDuplicates().hasSize(400);
    loop.await(scripted::close);
    loop.await(rival::close);
  }

  @Test
  void aKeyThatIsSomebodyElsesFailsAloneAndIsLeftAsItIs() {
    admin.lpush(namespace + ":idempotency:not-ours", "x");

    List<Reply<ClaimAnswer>> replies =
        loop.await(
            () ->
                store.claim(List.of(StoreClaims.request("not-ours"), StoreClaims.request("ours"))));

    assertThat(replies.get(0)).isInstanceOf(Reply.Failed.class);
    assertThat(replies.get(1)).isInstanceOf(Reply.Ok.class);
    assertThat(admin.llen(namespace + ":idempotency:not-ours")).isEqualTo(1);
  }

  @Test
  void aDamagedRecordIsAsGoodAsLost() {
    claims.win(store, "damaged");
    admin.set(namespace + ":idempotency:damaged", "no record");

    assertThat(claims.claim(store, "damaged").kind()).isEqualTo(Kind.WON);
  }

  @Test
  void aListOfThousandsIsOneAnswer() {
    List<ClaimRequest> many =
        IntStream.range(0, 3_000).mapToObj(i -> StoreClaims.request("n-" + i)).toList();

    List<Reply<ClaimAnswer>> answers = loop.await(() -> store.claim(many));

    assertThat(answers).hasSize(3_000).allMatch(Reply::isOk);
    ClaimAnswer answer = StoreClaims.answer(answers.get(2_711));
    assertThat(answer.fence()).isNotNull().extracting(Fence::key).isEqualTo("n-2711");
  }

  @Test
  void aRightThatGoesOrComesWhileTheConnectionLastsIsNoticed() {
    String user = user(ALWAYS, SCRIPTS);
    RedisIdempotencyStore changing = store(user);
    loop.await(changing::open);
    claims.win(changing, "before");

    admin.aclSetUser(user, "-eval", "-evalsha", "+watch", "+unwatch", "+multi", "+exec");

    await()
        .atMost(LIMIT)
        .until(
            () ->
                loop.await(() -> changing.claim(List.of(StoreClaims.request("after"))))
                    .get(0)
                    .isOk());
    assertThat(claims.claim(changing, "before").kind()).isEqualTo(Kind.BUSY);
    loop.await(changing::close);
  }

  private boolean finish(RedisIdempotencyStore of, Fence fence) {
    Completion completion = new Completion(fence, false, StoreClaims.LEASE);
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
