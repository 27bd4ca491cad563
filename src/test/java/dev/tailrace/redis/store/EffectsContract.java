package dev.tailrace.redis.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.local.TcpProxy;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.StreamFixture;
import dev.tailrace.runtime.Reply;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/**
 * Effects that a server carries out together with the mark of their message, whichever way it does
 * that.
 */
abstract class EffectsContract extends StreamFixture {
  private static final Duration SHORT = Duration.ofMillis(50);
  static final Duration LONG = Duration.ofMinutes(5);

  final String tag;
  final Jedis admin;
  final String counters;
  final String text;
  final Effects count;
  final IdempotencyStore store;
  private int claims;

  EffectsContract() {
    this.tag = tag();
    this.admin = new Jedis(URI.create(server()));
    this.counters = stream + ":counters" + tag;
    this.text = stream + ":text" + tag;
    this.count = Effects.of("HINCRBY", counters, "done", 1);
    this.store = store(server());
  }

  /** A store of this test's records in the server there. */
  abstract IdempotencyStore store(String server);

  /** The server that has this test's records. */
  String server() {
    return url;
  }

  /** What all keys hold that are to be in one place. */
  String tag() {
    return "";
  }

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
    Effects effects = count.and("SET", text, bytes).and("HINCRBY", counters, "done", 2);

    assertThat(carryOut(fence, effects).kind()).isEqualTo(EffectAnswer.Kind.DONE);

    assertThat(done()).isEqualTo("3");
    assertThat(admin.get(text.getBytes(UTF_8))).isEqualTo(bytes.getBytes());
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
    admin.del(stream + ":idempotency:" + tag + "k");

    assertThat(carryOut(fence, count).kind()).isEqualTo(EffectAnswer.Kind.PASSED);
    assertThat(done()).isNull();
  }

  @Test
  void aCommandThatIsRefusedLeavesNothingBehindAndTheClaimHolds() {
    Fence fence = won(claim(LONG));

    for (int i = 0; i < 2; i++) {
      EffectAnswer answer = carryOut(fence, Effects.of("HINCRBY", text, "done", 1));

      assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
      assertThat(answer.error()).contains("WRONGTYPE");
    }
    assertThat(loop.await(() -> store.renew(List.of(fence)))).containsExactly(Reply.ok(true));
    assertThat(claim(LONG).kind()).isEqualTo(Kind.BUSY);
    assertThat(carryOut(fence, count).kind()).isEqualTo(EffectAnswer.Kind.DONE);
    assertThat(done()).isEqualTo("1");
  }

  @Test
  void aCommandThatNobodyKnowsLeavesNothingBehind() {
    Fence fence = won(claim(LONG));

    EffectAnswer answer = carryOut(fence, Effects.of("NOSUCHTHING").and("DEL", text));

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
    assertThat(admin.get(text)).isEqualTo("text");
    assertThat(carryOut(fence, count).kind()).isEqualTo(EffectAnswer.Kind.DONE);
  }

  @Test
  void aLaterCommandThatIsRefusedEndsTheKeyForGood() {
    Fence fence = won(claim(LONG));
    Effects effects = count.and("HINCRBY", text, "done", 1);

    EffectAnswer answer = carryOut(fence, effects);

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.BROKEN);
    assertThat(answer.error()).contains("WRONGTYPE");
    assertThat(carryOut(fence, effects)).isEqualTo(answer);
    assertThat(done()).isEqualTo("1");
    assertThat(claim(LONG).kind()).isEqualTo(Kind.BROKEN);
    Completion dead = new Completion(fence, true, LONG);
    assertThat(loop.await(() -> store.complete(List.of(dead)))).containsExactly(Reply.ok(true));
    assertThat(claim(LONG).kind()).isEqualTo(Kind.DEAD);
  }

  @Test
  void whatWouldEndTheTransactionIsRefused() {
    Fence fence = won(claim(LONG));

    EffectAnswer answer = carryOut(fence, Effects.of("exec").and("DEL", text));

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
    assertThat(admin.get(text)).isEqualTo("text");
    assertThat(carryOut(fence, count).kind()).isEqualTo(EffectAnswer.Kind.DONE);
  }

  @Test
  void effectsWhoseAnswersAreLostAreCarriedOutOnce() {
    try (LossyWay way = lossyWay()) {
      IdempotencyStore cutOff = way.store();
      loop.await(cutOff::open);
      int messages = 24;
      for (int i = 0; i < messages; i++) {
        Fence fence = won(claim(store, "lost-" + i, LONG));
        CompletableFuture<Reply<EffectAnswer>> answer = start(cutOff, fence);
        if (i % 2 == 1) {
          way.loseAnswers(); // wherever they are by now
        }
        Reply<EffectAnswer> reply = answer.join();
        while (!reply.isOk()) {
          reply = start(cutOff, fence).join();
        }
        assertThat(reply).isEqualTo(Reply.ok(EffectAnswer.of(EffectAnswer.Kind.DONE)));
        assertThat(done()).isEqualTo(Integer.toString(i + 1));
      }
      loop.await(cutOff::close);
    }
  }

  /** A way to the server on which answers may be lost. */
  interface LossyWay extends AutoCloseable {
    /** Uses it; not opened yet. */
    IdempotencyStore store();

    /** Those that are under way. */
    void loseAnswers();

    @Override
    void close();
  }

  LossyWay lossyWay() {
    TcpProxy proxy = new TcpProxy(server());
    IdempotencyStore behind = store(proxy.url());
    return new LossyWay() {
      @Override
      public IdempotencyStore store() {
        return behind;
      }

      @Override
      public void loseAnswers() {
        proxy.loseReplies(1);
      }

      @Override
      public void close() {
        proxy.close();
      }
    };
  }

  CompletableFuture<Reply<EffectAnswer>> start(IdempotencyStore by, Fence fence) {
    EffectCompletion completion = new EffectCompletion(fence, count, LONG);
    return loop.start(() -> by.carryOut(List.of(completion)).map(replies -> replies.get(0)));
  }

  @Nullable String done() {
    return admin.hget(counters, "done");
  }

  EffectAnswer carryOut(Fence fence, Effects effects) {
    return carryOut(store, fence, effects);
  }

  EffectAnswer carryOut(IdempotencyStore by, Fence fence, Effects effects) {
    EffectCompletion completion = new EffectCompletion(fence, effects, LONG);
    Reply<EffectAnswer> reply = loop.await(() -> by.carryOut(List.of(completion))).get(0);
    return ((Reply.Ok<EffectAnswer>) reply).value();
  }

  ClaimAnswer claim(Duration lease) {
    return claim(store, lease);
  }

  ClaimAnswer claim(IdempotencyStore by, Duration lease) {
    return claim(by, "k", lease);
  }

  /** Asks until there is an answer. */
  ClaimAnswer claim(IdempotencyStore by, String key, Duration lease) {
    ClaimRequest request =
        new ClaimRequest(tag + key, "c" + claims++, "me", "ab".repeat(32), lease);
    Reply<ClaimAnswer> reply = loop.await(() -> by.claim(List.of(request))).get(0);
    while (!(reply instanceof Reply.Ok<ClaimAnswer>)) {
      reply = loop.await(() -> by.claim(List.of(request))).get(0);
    }
    return ((Reply.Ok<ClaimAnswer>) reply).value();
  }

  static Fence won(ClaimAnswer answer) {
    return Objects.requireNonNull(answer.fence(), answer.kind().label());
  }
}
