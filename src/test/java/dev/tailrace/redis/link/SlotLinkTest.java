package dev.tailrace.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.FakeNode;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commands on the keys of a slot find the server that has it, whatever servers say meanwhile. */
class SlotLinkTest {
  private static final RedisScript SCRIPT = RedisScript.load(Lease.class, "lease-release.lua");
  private static final String KEY = "bar";
  private static final int SLOT = HashSlot.of(KEY);

  private final EventLoop loop = new EventLoop();
  private final FakeNode one = FakeNode.start(loop);
  private final FakeNode two = FakeNode.start(loop);
  private final List<String> heard = new ArrayList<>(); // event loop only
  private SlotLink link;

  @BeforeEach
  void open() {
    haveAll(one);
    RedisConfig config =
        new RedisConfig(
            RedisServers.cluster(List.of(one.url())), null, null, Duration.ofSeconds(2));
    link =
        loop.get(
            () -> {
              SlotMapFinder finder = new SlotMapFinder(loop.vertx(), loop.loop(), config);
              return new SlotLink(SLOT, finder, new Heard());
            });
    loop.await(link::open);
  }

  @AfterEach
  void close() {
    loop.await(link::close);
    loop.close();
  }

  @Test
  void aSlotThatHasMovedIsFollowedAndWhatWasAskedForIsCarriedOutInItsOrder() {
    haveAll(two);
    answering(one, "-MOVED " + SLOT + " 127.0.0.1:" + two.port());
    answering(two, ":2");

    assertThat(run("a", "b", "c")).containsOnly(Reply.ok(2L));
    assertThat(run("d")).containsExactly(Reply.ok(2L));

    assertThat(asked(one)).containsExactly("a", "b", "c");
    assertThat(asked(two)).containsExactly("a", "b", "c", "d");
    assertThat(loop.get(() -> List.copyOf(heard))).containsExactly("up", "up");
    assertThat(loop.get(link::server)).isEqualTo(two.url());
  }

  @Test
  void whatComesWhileOthersAreOnTheirWayAgainStaysBehindThem() {
    haveAll(two);
    loop.run(
        () ->
            one.answering(
                script -> {
                  if (script.get(1).equals("a")) {
                    run(link, "late");
                  }
                  return "-MOVED " + SLOT + " 127.0.0.1:" + two.port();
                }));
    answering(two, ":2");

    run("a", "b");

    assertThat(asked(two)).startsWith("a", "b");
  }

  @Test
  void aKeyThatIsOnItsWayIsAskedForWhereItGoesEachTimeAnew() {
    answering(one, "-ASK " + SLOT + " 127.0.0.1:" + two.port());
    answering(two, ":2");

    assertThat(run("a", "b")).containsOnly(Reply.ok(2L));
    assertThat(run("c")).containsExactly(Reply.ok(2L));

    assertThat(asked(one)).containsExactly("a", "b", "c");
    assertThat(loop.get(() -> List.copyOf(two.scripts())))
        .containsExactly(
            List.of("ASKING EVALSHA", "a"),
            List.of("ASKING EVALSHA", "b"),
            List.of("ASKING EVALSHA", "c"));
    assertThat(loop.get(link::server)).isEqualTo(one.url());
  }

  @Test
  void keysThatArePartlyHereAndPartlyThereAreAskedForAgain() {
    Queue<String> answers =
        new ArrayDeque<>(List.of("-TRYAGAIN not all", "-CLUSTERDOWN not yet", ":1"));
    loop.run(() -> one.answering(script -> answers.size() > 1 ? answers.remove() : ":1"));

    assertThat(run("a")).containsExactly(Reply.ok(1L));
    assertThat(asked(one)).containsExactly("a", "a", "a");
  }

  @Test
  void whatIsNotToBeHadInTimeIsUnknown() {
    answering(one, "-TRYAGAIN not all");

    List<Reply<Long>> replies = run("a");

    assertThat(replies.get(0).isUnknown()).isTrue();
    assertThat(replies.get(0).cause()).hasMessageContaining("slot " + SLOT);
  }

  @Test
  void aClusterThatServesNobodyCountsAsNotConnectedUntilItDoes() {
    answering(one, "-CLUSTERDOWN The cluster is down");
    assertThat(run("a").get(0).isUnknown()).isTrue();

    LinkStatus down = loop.get(link::status);
    assertThat(down.connected()).isFalse();
    assertThat(down.error()).contains("slot " + SLOT, "CLUSTERDOWN The cluster is down");
    assertThat(run("b").get(0).isUnknown()).isTrue();
    answering(one, ":1");
    assertThat(run("c")).containsExactly(Reply.ok(1L));

    assertThat(loop.get(link::status).connected()).isTrue();
    assertThat(loop.get(() -> List.copyOf(heard))).containsExactly("up", "down", "up");
  }

  @Test
  void whatIsOnItsWayAgainWhenItIsClosedIsUnknown() {
    answering(one, "-TRYAGAIN not all");

    List<Reply<Long>> replies =
        loop.await(
            () -> {
              Future<Reply<Long>> first = run(link, "a");
              Future<Reply<Long>> second = run(link, "b");
              loop.loop().after(Duration.ofMillis(120), () -> link.close());
              return Future.all(first, second).map(all -> List.of(first.result(), second.result()));
            });

    assertThat(replies).allMatch(Reply::isUnknown);
    int asked = asked(one).size();
    assertThat(run("c").get(0).isUnknown()).isTrue();
    assertThat(asked(one)).hasSize(asked);
  }

  @Test
  void whatTheServerRefusesStaysRefused() {
    answering(one, "-WRONGTYPE no stream");

    assertThat(run("a").get(0)).isInstanceOf(Reply.Failed.class);
    assertThat(asked(one)).containsExactly("a");
  }

  private List<Reply<Long>> run(String... keys) {
    return loop.await(
        () -> {
          List<Future<Reply<Long>>> replies = new ArrayList<>();
          for (String key : keys) {
            replies.add(run(link, key));
          }
          return Future.all(replies).map(all -> replies.stream().map(Future::result).toList());
        });
  }

  private static Future<Reply<Long>> run(Link over, String key) {
    return over.run(SCRIPT.call().key(key), answer -> answer == null ? 0L : answer.toLong());
  }

  private void haveAll(FakeNode node) {
    for (FakeNode each : List.of(one, two)) {
      loop.run(() -> each.knows(new int[] {0, HashSlot.COUNT - 1, node.port()}));
    }
  }

  private void answering(FakeNode node, String answer) {
    loop.run(() -> node.answering(script -> answer));
  }

  private List<String> asked(FakeNode node) {
    return loop.get(() -> node.scripts().stream().map(script -> script.get(1)).toList());
  }

  /** What the owner of the link hears. */
  private final class Heard implements Link.Events {
    @Override
    public void up() {
      heard.add("up");
    }

    @Override
    public void down(String why) {
      heard.add("down");
    }
  }
}
