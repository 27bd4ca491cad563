package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.FakeNode;
import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.redis.link.RedisServers;
import dev.tailrace.redis.store.ClusterRun.Witness;
import dev.tailrace.runtime.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scripts find the servers that have their slots, whatever those say meanwhile. */
class ClusterRunTest {
  private static final RedisScript SCRIPT = RedisScript.load(ClusterRunTest.class, "look.lua");
  private static final int HALF = HashSlot.COUNT / 2;

  private final EventLoop loop = new EventLoop();
  private final FakeNode one = FakeNode.start(loop);
  private final FakeNode two = FakeNode.start(loop);
  private final List<String> keys = List.of("foo", "bar", "hello", "somekey");
  private ClusterLinks links;

  @BeforeEach
  void open() {
    halves();
    RedisConfig config =
        new RedisConfig(
            RedisServers.cluster(List.of(one.url())), null, null, Duration.ofSeconds(10));
    links =
        loop.get(() -> new ClusterLinks(loop.vertx(), loop.loop(), config, new Link.Events() {}));
    loop.await(links::open);
  }

  @AfterEach
  void close() {
    loop.await(links::close);
    loop.close();
  }

  private void halves() {
    for (FakeNode node : List.of(one, two)) {
      loop.run(
          () ->
              node.knows(
                  new int[] {0, HALF - 1, one.port()}, new int[] {HALF, 16_383, two.port()}));
    }
  }

  @Test
  void eachGoesToTheServerThatHasItsSlotAndIsAnsweredInOrder() {
    answering(one, ":1");
    answering(two, ":2");

    assertThat(run(keys)).extracting(ClusterRunTest::value).containsExactly(2L, 1L, 1L, 2L);
    assertThat(asked(one)).containsExactly("EVALSHA bar", "EVALSHA hello");
    assertThat(asked(two)).containsExactly("EVALSHA foo", "EVALSHA somekey");
  }

  @Test
  void aSlotThatHasMovedIsAskedForWhereItIsNowAndFromThenOnThereAtOnce() {
    loop.run(
        () -> {
          two.knows(new int[] {0, 16_383, two.port()});
          one.knows(new int[] {0, 16_383, two.port()});
          one.answering(script -> "-MOVED " + HashSlot.of("bar") + " 127.0.0.1:" + two.port());
        });
    answering(two, ":2");

    assertThat(run(List.of("bar"))).extracting(ClusterRunTest::value).containsExactly(2L);
    assertThat(run(List.of("bar"))).extracting(ClusterRunTest::value).containsExactly(2L);
    assertThat(asked(one)).containsExactly("EVALSHA bar");
  }

  @Test
  void aKeyOfASlotThatIsMovingIsAskedForThereOnceAndWithLeave() {
    loop.run(
        () ->
            one.answering(
                script ->
                    script.contains("bar")
                        ? "-ASK " + HashSlot.of("bar") + " 127.0.0.1:" + two.port()
                        : ":1"));
    loop.run(() -> two.answering(script -> script.get(0).startsWith("ASKING") ? ":2" : ":3"));

    for (int i = 0; i < 2; i++) {
      assertThat(run(keys)).extracting(ClusterRunTest::value).containsExactly(3L, 2L, 1L, 3L);
    }
    assertThat(asked(one).stream().filter("EVALSHA bar"::equals)).hasSize(2);
  }

  @Test
  void whatIsOnTwoServersWhileItsSlotMovesIsSentAgainUntilItIsOnOne() {
    loop.run(
        () -> {
          int[] asked = new int[1];
          one.answering(
              script ->
                  script.contains("hello")
                      ? ":1"
                      : ++asked[0] < 4
                          ? "-ASK " + HashSlot.of("bar") + " 127.0.0.1:" + two.port()
                          : "-MOVED " + HashSlot.of("bar") + " 127.0.0.1:" + two.port());
          two.answering(
              script ->
                  script.get(0).startsWith("ASKING")
                      ? "-TRYAGAIN Multiple keys request during rehashing of slot"
                      : ":2");
        });

    assertThat(run(List.of("bar", "hello")))
        .extracting(ClusterRunTest::value)
        .containsExactly(2L, 1L);
    assertThat(asked(two))
        .containsExactly(
            "ASKING EVALSHA bar", "ASKING EVALSHA bar", "ASKING EVALSHA bar", "EVALSHA bar");
  }

  @Test
  void aServerThatDoesNotKnowTheScriptGetsItsTextOnce() {
    loop.run(
        () -> {
          boolean[] taught = new boolean[1];
          one.answering(
              script -> {
                taught[0] |= script.get(0).equals("EVAL");
                return taught[0] ? ":1" : "-NOSCRIPT No matching script. Please use EVAL.";
              });
        });

    assertThat(run(List.of("bar", "hello", "bar"))).allMatch(Reply::isOk);
    assertThat(asked(one))
        .containsExactly(
            "EVALSHA bar",
            "EVALSHA hello",
            "EVALSHA bar",
            "EVAL bar",
            "EVALSHA hello",
            "EVALSHA bar");
  }

  @Test
  void serversThatSendItToEachOtherForEverAreNotFollowedForEver() {
    loop.run(
        () -> {
          one.answering(script -> "-MOVED " + HashSlot.of("bar") + " 127.0.0.1:" + two.port());
          two.answering(script -> "-MOVED " + HashSlot.of("bar") + " 127.0.0.1:" + one.port());
        });

    assertThat(run(List.of("bar"))).hasSize(1).allMatch(Reply.Failed.class::isInstance);
  }

  @Test
  void whatIsRefusedIsFailedAndTheOthersAreAnswered() {
    loop.run(
        () ->
            one.answering(
                script -> script.contains("bar") ? "-CLUSTERDOWN Hash slot not served" : ":1"));

    List<Reply<Long>> replies = run(keys);

    assertThat(replies.get(1)).isInstanceOf(Reply.Failed.class);
    assertThat(replies.get(0)).isInstanceOf(Reply.Ok.class);
    assertThat(replies.get(2)).isInstanceOf(Reply.Ok.class);
  }

  @Test
  void theWitnessIsTheLastOfEachShareAndIsHeardBeforeTheAnswer() {
    List<Long> heard = new ArrayList<>();
    Witness witness =
        (address, run) ->
            Optional.of(
                new SlotCall<>(
                    0,
                    SCRIPT.call().key("witness of " + run),
                    answer -> heard.add(Objects.requireNonNull(answer).toLong())));

    List<Long> heardThen =
        loop.await(
            () -> ClusterRun.of(links, witness, calls(keys)).map(replies -> List.copyOf(heard)));

    assertThat(heardThen).hasSize(2);
    assertThat(asked(one)).last().isEqualTo("EVALSHA witness of fake-" + one.port());
    assertThat(asked(two)).last().isEqualTo("EVALSHA witness of fake-" + two.port());
  }

  private void answering(FakeNode node, String answer) {
    loop.run(() -> node.answering(script -> answer));
  }

  private List<String> asked(FakeNode node) {
    return loop.get(() -> node.scripts().stream().map(words -> String.join(" ", words)).toList());
  }

  private List<Reply<Long>> run(List<String> of) {
    return loop.await(() -> ClusterRun.of(links, Witness.NONE, calls(of)));
  }

  private static List<SlotCall<Long>> calls(List<String> of) {
    return of.stream()
        .map(
            key ->
                new SlotCall<>(
                    HashSlot.of(key),
                    SCRIPT.call().key(key),
                    answer -> Objects.requireNonNull(answer).toLong()))
        .toList();
  }

  private static long value(Reply<Long> reply) {
    return ((Reply.Ok<Long>) reply).value();
  }
}
