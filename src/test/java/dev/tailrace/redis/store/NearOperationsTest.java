package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.EffectCompletion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.idempotency.MemoryStore;
import dev.tailrace.idempotency.MemoryStore.MemoryLimits;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is answered near, and what only by the server. */
class NearOperationsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String HASH = "ab".repeat(32);
  private static final String OTHER_HASH = "cd".repeat(32);

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final Server server = new Server();
  private final NearOperations near = new NearOperations(loop, 100, () -> server);
  private int claims;

  @Test
  void whatWasDoneHereIsNotAskedForAgain() {
    finish("k", false);

    assertThat(claim("k", HASH)).isEqualTo(Kind.DONE);

    assertThat(server.asked).containsExactly("k");
  }

  @Test
  void whatEndedAsADeadLetterIsAskedForEachTime() {
    finish("k", true);

    assertThat(claim("k", HASH)).isEqualTo(Kind.DEAD);
    assertThat(claim("k", HASH)).isEqualTo(Kind.DEAD);

    assertThat(server.asked).containsExactly("k", "k", "k");
  }

  @Test
  void aDeadKeyThatTheServerNoLongerHasRunsAgain() {
    finish("k", true);
    server.forgets();

    assertThat(claim("k", HASH)).isEqualTo(Kind.WON);
  }

  @Test
  void anotherPayloadIsTheServersToAnswer() {
    finish("k", false);

    assertThat(claim("k", OTHER_HASH)).isEqualTo(Kind.MISMATCH);

    assertThat(server.asked).containsExactly("k", "k");
  }

  @Test
  void inAListTheAnswersStandWhereTheirRequestsDo() {
    finish("b", false);
    finish("d", false);
    server.asked.clear();

    List<Reply<ClaimAnswer>> answers =
        await(
                () ->
                    near.claim(
                        Stream.of("a", "b", "c", "d", "e").map(key -> request(key, HASH)).toList()))
            .answers();

    assertThat(answers)
        .extracting(NearOperationsTest::kind)
        .containsExactly(Kind.WON, Kind.DONE, Kind.WON, Kind.DONE, Kind.WON);
    assertThat(answers.get(2)).extracting(answer -> fence(answer).key()).isEqualTo("c");
    assertThat(server.asked).containsExactly("a", "c", "e");
  }

  @Test
  void aCopyEndsNoLaterThanItsRecord() {
    Fence fence = win("k");
    simulation.runFor(HOUR.dividedBy(2));
    complete(fence, false);
    simulation.runFor(HOUR.dividedBy(2));

    assertThat(claim("k", HASH)).as("an hour after the claim").isEqualTo(Kind.DONE);
    assertThat(server.asked).containsExactly("k", "k");
    simulation.runFor(HOUR.dividedBy(2));
    assertThat(claim("k", HASH)).as("an hour after the mark").isEqualTo(Kind.WON);
  }

  @Test
  void aMarkThatMayNotBeWrittenIsNotCopied() {
    Fence fence = win("k");
    server.silent = true;
    complete(fence, false);
    server.silent = false;

    claim("k", HASH);

    assertThat(server.asked).containsExactly("k", "k");
  }

  @Test
  void aMarkOfAClaimThatHasPassedIsNotCopied() {
    Fence first = win("k");
    await(
        () ->
            near.release(
                List.of(
                    new ReleaseRequest("k", first.claimId(), first.token(), Why.SNOOZED, null))));
    Fence second = win("k");

    complete(first, false);

    assertThat(claim("k", HASH)).isEqualTo(Kind.BUSY);
    complete(second, false);
    assertThat(claim("k", HASH)).isEqualTo(Kind.DONE);
    assertThat(server.asked).containsExactly("k", "k", "k");
  }

  @Test
  void effectsThatWereCarriedOutAreDone() {
    Fence fence = win("k");
    await(
        () ->
            near.carryOut(
                List.of(new EffectCompletion(fence, Effects.of("INCR", "counter"), HOUR))));

    assertThat(claim("k", HASH)).isEqualTo(Kind.DONE);
    assertThat(server.asked).containsExactly("k");
  }

  @Test
  void whatIsForgottenIsAskedForAgainAlsoWhereItsClaimWasBefore() {
    finish("done", false);
    Fence claimed = win("claimed");
    loop.execute(near::forget);
    simulation.runFor(Duration.ofMillis(1));
    server.forgets();
    server.asked.clear();

    complete(claimed, false);

    assertThat(claim("done", HASH)).isEqualTo(Kind.WON);
    claim("claimed", HASH);
    assertThat(server.asked).containsExactly("done", "claimed");
  }

  @Test
  void thereAreNeverMoreCopiesThanAllowed() {
    for (int i = 0; i < 1_000; i++) {
      finish("k" + i, false);
    }
    server.asked.clear();

    for (int i = 0; i < 1_000; i++) {
      assertThat(claim("k" + i, HASH)).isEqualTo(Kind.DONE);
    }

    assertThat(server.asked).hasSizeGreaterThanOrEqualTo(900);
  }

  @Test
  void ofNoneTheServerIsAskedForAll() {
    NearOperations none = new NearOperations(loop, 0, () -> server);
    Fence fence = fence(await(() -> none.claim(List.of(request("k", HASH)))).answers().get(0));
    await(() -> none.complete(List.of(new Completion(fence, false, HOUR))));

    StoreOperations.Claims again = await(() -> none.claim(List.of(request("k", HASH))));

    assertThat(kind(again.answers().get(0))).isEqualTo(Kind.DONE);
    assertThat(server.asked).containsExactly("k", "k");
  }

  private void finish(String key, boolean dead) {
    complete(win(key), dead);
  }

  private Fence win(String key) {
    return fence(await(() -> near.claim(List.of(request(key, HASH)))).answers().get(0));
  }

  private Kind claim(String key, String hash) {
    return kind(await(() -> near.claim(List.of(request(key, hash)))).answers().get(0));
  }

  private void complete(Fence fence, boolean dead) {
    await(() -> near.complete(List.of(new Completion(fence, dead, HOUR))));
  }

  private ClaimRequest request(String key, String hash) {
    return new ClaimRequest(key, "claim-" + claims++, "owner", hash, HOUR.multipliedBy(9));
  }

  private <T> T await(Supplier<Future<T>> operation) {
    return simulation.await(loop.call(operation));
  }

  private static Kind kind(Reply<ClaimAnswer> reply) {
    return ((Reply.Ok<ClaimAnswer>) reply).value().kind();
  }

  private static Fence fence(Reply<ClaimAnswer> reply) {
    return Objects.requireNonNull(((Reply.Ok<ClaimAnswer>) reply).value().fence());
  }

  /** A server that remembers as one in memory does. */
  private final class Server implements StoreOperations {
    private final List<String> asked = new ArrayList<>();
    private MemoryStore records = new MemoryStore(loop, new MemoryLimits(10_000, HOUR));
    private boolean silent; // does what it is told, and its answers are lost

    private void forgets() {
      records = new MemoryStore(loop, new MemoryLimits(10_000, HOUR));
    }

    private <R> List<Reply<R>> heard(List<Reply<R>> replies) {
      return silent
          ? replies.stream().map(any -> Reply.<R>unknown(new IllegalStateException())).toList()
          : replies;
    }

    @Override
    public Future<Claims> claim(List<ClaimRequest> requests) {
      requests.forEach(request -> asked.add(request.key()));
      return records.claim(requests).map(answers -> new Claims(Sight.NONE, answers));
    }

    @Override
    public Future<Marks> complete(List<Completion> completions) {
      return records.complete(completions).map(answers -> new Marks(Sight.NONE, heard(answers)));
    }

    @Override
    public Future<List<Reply<EffectAnswer>>> carryOut(List<EffectCompletion> completions) {
      return records
          .complete(completions.stream().map(Server::mark).toList())
          .map(
              answers ->
                  answers.stream()
                      .map(any -> Reply.ok(EffectAnswer.of(EffectAnswer.Kind.DONE)))
                      .toList());
    }

    private static Completion mark(EffectCompletion completion) {
      return new Completion(completion.fence(), false, completion.retention());
    }

    @Override
    public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
      return records.renew(fences);
    }

    @Override
    public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
      return records.markAlone(fences);
    }

    @Override
    public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
      return records.release(releases);
    }

    @Override
    public Future<Reply<Sight>> look() {
      return Future.succeededFuture(Reply.ok(Sight.NONE));
    }
  }
}
