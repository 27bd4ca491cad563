package dev.tailrace.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.local.RedisServer;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.StreamFixture;
import dev.tailrace.redis.link.Lease.Grant;
import dev.tailrace.runtime.Reply;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a lease on a real server promises its holder and everybody else. */
class LeaseIT extends StreamFixture {
  private static final Duration LENGTH = Duration.ofMillis(600);

  /** Longer than a busy machine keeps this process waiting. */
  private static final Duration OUTLIVED = Duration.ofSeconds(3);

  private final String key = stream + ":lease";
  private final RedisLink link = link(url);
  private final List<String> lost = new ArrayList<>(); // event loop only

  @AfterEach
  void closeLink() {
    loop.await(link::close);
  }

  @Test
  void ofManyWhoAskAtOnceExactlyOneHasItAndTheOthersAreToldWho() {
    List<Lease> leases = IntStream.range(0, 16).mapToObj(i -> lease("holder-" + i)).toList();

    List<CompletableFuture<Reply<Grant>>> asked =
        leases.stream().map(lease -> loop.start(lease::acquire)).toList();
    List<Grant> grants = asked.stream().map(CompletableFuture::join).map(LeaseIT::value).toList();

    assertThat(grants).filteredOn(Grant::isOurs).hasSize(1);
    String holder = String.valueOf(probe.command(Command.GET, key));
    assertThat(grants)
        .filteredOn(grant -> !grant.isOurs())
        .allMatch(grant -> grant.holder().equals(holder));
    assertThat(leases).filteredOn(lease -> loop.get(lease::isHeld)).hasSize(1);
  }

  @Test
  void whoAsksAgainUnderTheSameNameIsAnsweredAsBefore() {
    Grant first = acquire(lease("a"));

    Grant again = acquire(lease("a")); // as after a lost answer

    assertThat(again).isEqualTo(first);
  }

  @Test
  void aLeaseOutlivesItsLengthWhileItsHolderLives() {
    Lease lease = lease(link, "a", OUTLIVED);
    acquire(lease);

    pass(OUTLIVED.multipliedBy(2));

    assertThat(loop.get(lease::isHeld)).isTrue();
    assertThat(acquire(lease("b")).holder()).isEqualTo("a");
    assertThat(told()).isEmpty();
  }

  @Test
  void aReleasedLeaseIsTheNextOnesAtOnceAndNothingIsToldAsLost() {
    Lease lease = lease("a");
    acquire(lease);

    assertThat(value(loop.await(lease::release))).isTrue();

    assertThat(acquire(lease("b")).isOurs()).isTrue();
    assertThat(loop.get(lease::isHeld)).isFalse();
    pass(LENGTH.multipliedBy(2));
    assertThat(told()).isEmpty();
  }

  @Test
  void fencesGrowWithEveryGrantAlsoWhereTheServerHasForgottenTheLastOne() {
    List<Long> fences = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Lease lease = lease("holder-" + i);
      fences.add(acquire(lease).fence());
      if (i % 3 == 0) {
        probe.command(Command.DEL, key); // it ran out
      } else {
        loop.await(lease::release);
      }
      if (i % 10 == 9) {
        long last = fences.get(i);
        eventually().until(() -> serverMillis() > last);
        probe.command(Command.DEL, key + ":fence");
      }
    }

    assertThat(fences).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aHolderIsToldOnceThatItsLeaseHasPassedToAnotherAndCannotReleaseThatOnes() {
    Lease lease = lease("a");
    acquire(lease);
    probe.command(Command.SET, key, "b");

    eventually().until(() -> told().equals(List.of("it has passed to b")));

    assertThat(value(loop.await(lease::release))).isFalse();
    assertThat(probe.command(Command.GET, key)).hasToString("b");
    pass(LENGTH.multipliedBy(2));
    assertThat(told()).hasSize(1);
  }

  @Test
  void aLeaseThatVanishedIsLostAndIsHadAgainWithAHigherFence() {
    Lease lease = lease("a");
    Grant first = acquire(lease);
    probe.command(Command.DEL, key);

    eventually().until(() -> told().equals(List.of("it ran out")));
    Grant second = acquire(lease);

    assertThat(second.fence()).isGreaterThan(first.fence());
    assertThat(loop.get(lease::isHeld)).isTrue();
  }

  @Test
  void aHolderThatIsCutOffKnowsOfTheEndWhileTheServerStillSaysItIsIts() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisLink there = link(server.url());
      Duration length = Duration.ofSeconds(2);
      Lease lease = lease(there, "a", length);
      acquire(lease);

      server.pause();
      eventually().until(() -> told().size() == 1);
      boolean held = loop.get(lease::isHeld);
      server.resume();

      assertThat(told().get(0)).contains("not renewed");
      assertThat(held).isFalse();
      eventually().until(() -> loop.await(lease::acquire).isOk());
      loop.await(there::close);
    }
  }

  @Test
  void whatWasAskedOfAFrozenServerIsUnknownAndAskedAgainGivesOneGrant() {
    try (RedisServer server = SharedServers.get().newRedis()) {
      RedisLink there = link(server.url());
      Lease lease = lease(there, "a", Duration.ofSeconds(20));

      server.pause();
      Reply<Grant> first = loop.await(lease::acquire);
      boolean held = loop.get(lease::isHeld);
      server.resume();

      assertThat(first.isUnknown()).isTrue();
      assertThat(held).isFalse();
      eventually().until(() -> loop.await(lease::acquire).isOk());
      assertThat(loop.get(lease::isHeld)).isTrue();
      assertThat(acquire(lease(there, "b", LENGTH)).holder()).isEqualTo("a");
      loop.await(there::close);
    }
  }

  private RedisLink link(String to) {
    RedisConfig config = new RedisConfig(to, null, Duration.ofMillis(300));
    RedisLink made =
        loop.get(() -> new RedisLink(loop.vertx(), loop.loop(), config, new Link.Events() {}));
    loop.await(made::open);
    return made;
  }

  private Lease lease(String holder) {
    return lease(link, holder, LENGTH);
  }

  private Lease lease(RedisLink over, String holder, Duration length) {
    Lease.Terms terms = new Lease.Terms(key, holder, length);
    return loop.get(() -> new Lease(over, loop.loop(), terms, (its, why) -> lost.add(why)));
  }

  private Grant acquire(Lease lease) {
    return value(loop.await(lease::acquire));
  }

  private List<String> told() {
    return loop.get(() -> List.copyOf(lost));
  }

  private long serverMillis() {
    var time = Objects.requireNonNull(probe.command(Command.TIME));
    return time.get(0).toLong() * 1_000 + time.get(1).toLong() / 1_000;
  }

  private static <T> T value(Reply<T> reply) {
    if (reply instanceof Reply.Ok<T> ok) {
      return ok.value();
    }
    throw new AssertionError(reply.toString());
  }
}
