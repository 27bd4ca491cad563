package dev.tailrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Effects that a server carries out together with the mark of their message. */
class RedisEffectsIT extends StreamFixture {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final RedisIdempotencyStore store = store(RedisConfig.of(url));
  private final Jedis admin = new Jedis(URI.create(url));
  private final String counters = stream + ":counters";
  private final String text = stream + ":text";
  private final Effects count = Effects.of("HINCRBY", counters, "done", 1);
  private int claims;

  @BeforeEach
  void open() {
    loop.await(store::open);
    admin.set(text, "text");
  }

  @AfterEach
  void closeStore() {
    loop.await(store::close);
    admin.close();
  }

  @Test
  void theyAreCarriedOutOnceHoweverOftenTheyAreAskedForAndThenTheKeyIsDone() {
    Fence fence = won(claim(LONG));

    for (int i = 0; i < 3; i++) {
      assertThat(carryOut(fence, count)).isEqualTo(EffectAnswer.of(EffectAnswer.Kind.DONE));
    }

    assertThat(done()).isEqualTo("1");
    assertThat(claim(LONG).kind()).isEqualTo(Kind.DONE);
  }

  @Test
  void manyMessagesAndManyCommandsAndAllBytesArrive() {
    Buffer bytes = Buffer.buffer(new byte[] {0, 13, 10, -1});
    Fence fence = won(claim(LONG));
    Effects effects =
        count.and("SET", stream + ":bytes", bytes).and("HINCRBY", counters, "done", 2);

    assertThat(carryOut(fence, effects).kind()).isEqualTo(EffectAnswer.Kind.DONE);

    assertThat(done()).isEqualTo("3");
    assertThat(admin.get((stream + ":bytes").getBytes(UTF_8))).isEqualTo(bytes.getBytes());
  }

  @Test
  void aClaimThatHasPassedToAnotherCarriesOutNothing() {
    Fence first = won(claim(SHORT));
    pass(SHORT.multipliedBy(2));
    Fence second = won(claim(LONG));

    assertThat(carryOut(first, count).kind()).isEqualTo(EffectAnswer.Kind.PASSED);
    assertThat(done()).isNull();
    assertThat(carryOut(second, count).kind()).isEqualTo(EffectAnswer.Kind.DONE);
    assertThat(carryOut(first, count).kind()).isEqualTo(EffectAnswer.Kind.PASSED);
    assertThat(done()).isEqualTo("1");
  }

  @Test
  void whereTheServerHasForgottenTheClaimNothingIsCarriedOut() {
    Fence fence = won(claim(LONG));
    admin.del(stream + ":idempotency:k");

    assertThat(carryOut(fence, count).kind()).isEqualTo(EffectAnswer.Kind.PASSED);
    assertThat(done()).isNull();
  }

  @Test
  void aFirstCommandThatIsRefusedLeavesNothingBehindAndTheClaimHolds() {
    Fence fence = won(claim(LONG));

    EffectAnswer answer = carryOut(fence, Effects.of("HINCRBY", text, "done", 1).and("DEL", text));

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
    assertThat(answer.error()).contains("WRONGTYPE");
    assertThat(admin.get(text)).isEqualTo("text");
    assertThat(loop.await(() -> store.renew(List.of(fence)))).containsExactly(Reply.ok(true));
    assertThat(carryOut(fence, count).kind()).isEqualTo(EffectAnswer.Kind.DONE);
  }

  @Test
  void aLaterCommandThatIsRefusedEndsTheKeyForGood() {
    Fence fence = won(claim(LONG));
    Effects effects = count.and("HINCRBY", text, "done", 1).and("DEL", text);

    EffectAnswer answer = carryOut(fence, effects);

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.BROKEN);
    assertThat(carryOut(fence, effects)).isEqualTo(answer);
    assertThat(done()).isEqualTo("1");
    assertThat(admin.get(text)).isEqualTo("text");
    assertThat(claim(LONG).kind()).isEqualTo(Kind.BROKEN);
    Completion dead = new Completion(fence, true, LONG);
    assertThat(loop.await(() -> store.complete(List.of(dead)))).containsExactly(Reply.ok(true));
    assertThat(claim(LONG).kind()).isEqualTo(Kind.DEAD);
  }

  @Test
  void aServerThatRunsNoScriptsRefusesThemAndKnowsWhatOthersBroke() {
    String user = stream + "-user";
    admin.aclSetUser(user, "on", "nopass", "~*", "&*", "+@all", "-eval", "-evalsha");
    RedisIdempotencyStore watched =
        store(
            new RedisConfig(
                RedisServers.standalone(url), user, "any", RedisConfig.DEFAULT_TIMEOUT));
    loop.await(watched::open);
    Fence fence = won(claim(LONG));

    EffectAnswer answer = carryOut(watched, fence, count);

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
    assertThat(answer.error()).contains("runs none");
    assertThat(done()).isNull();
    carryOut(fence, count.and("HINCRBY", text, "done", 1));
    assertThat(claim(watched, LONG).kind()).isEqualTo(Kind.BROKEN);
    loop.await(watched::close);
    admin.aclDelUser(user);
  }

  private @Nullable String done() {
    return admin.hget(counters, "done");
  }

  private EffectAnswer carryOut(Fence fence, Effects effects) {
    return carryOut(store, fence, effects);
  }

  private EffectAnswer carryOut(RedisIdempotencyStore by, Fence fence, Effects effects) {
    EffectCompletion completion = new EffectCompletion(fence, effects, LONG);
    Reply<EffectAnswer> reply = loop.await(() -> by.carryOut(List.of(completion))).get(0);
    return ((Reply.Ok<EffectAnswer>) reply).value();
  }

  private ClaimAnswer claim(Duration lease) {
    return claim(store, lease);
  }

  private ClaimAnswer claim(RedisIdempotencyStore by, Duration lease) {
    ClaimRequest request = new ClaimRequest("k", "c" + claims++, "me", "ab".repeat(32), lease);
    Reply<ClaimAnswer> reply = loop.await(() -> by.claim(List.of(request))).get(0);
    return ((Reply.Ok<ClaimAnswer>) reply).value();
  }

  private static Fence won(ClaimAnswer answer) {
    return Objects.requireNonNull(answer.fence(), answer.kind().label());
  }

  private RedisIdempotencyStore store(RedisConfig server) {
    return loop.get(() -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), server, stream));
  }
}
