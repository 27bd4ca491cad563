package dev.tailrace.redis.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.lifecycle.FleetOrders.Answer;
import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is in a fleet, by a real server. */
class RedisFleetRegistryIT {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final RedisConfig SERVER = RedisConfig.of(SharedServers.get().redis().url());

  private final EventLoop loop = new EventLoop();
  private final FleetRegistry fleet = registry(Servers.uniqueName("fleet"));

  @AfterEach
  void close() {
    loop.await(fleet::close);
    loop.close();
  }

  @Test
  void whoSaysSoIsInTheListWithWhatItSaidLast() {
    keep("a", "starting", LONG);
    keep("b", "running", LONG);
    keep("a", "running, too", LONG);

    assertThat(members()).containsExactlyInAnyOrder("running, too", "running");
  }

  @Test
  void whoLeavesIsGoneAtOnceAndWhoFallsSilentAfterItsTime() {
    keep("leaves", "x", LONG);
    keep("falls silent", "y", Duration.ofMillis(500));
    keep("stays", "z", LONG);

    Reply<Boolean> left = loop.await(() -> fleet.leave("leaves", "well", LONG));

    assertThat(left.isOk()).isTrue();
    assertThat(members()).doesNotContain("x").contains("z");
    await().atMost(Duration.ofMinutes(1)).until(() -> members().equals(List.of("z")));
  }

  @Test
  void whatIsSaidOnLeavingIsRememberedForAWhile() {
    keep("leaves", "x", LONG);
    assertThat(lastWords("leaves")).isEmpty();

    loop.await(() -> fleet.leave("leaves", "well", LONG));
    loop.await(() -> fleet.leave("unheard", "well", Duration.ofMillis(1)));

    assertThat(lastWords("leaves")).isEqualTo("well");
    await().atMost(Duration.ofSeconds(20)).until(() -> lastWords("unheard").isEmpty());
  }

  @Test
  void ordersWaitForTheOneThatIsMeantUntilTheyAreDone() {
    keep("a", "x", LONG);
    keep("b", "x", LONG);

    assertThat(give("a", "first", LONG, false)).isEqualTo(Answer.GIVEN);
    assertThat(give("a", "second", LONG, false)).isEqualTo(Answer.GIVEN);
    assertThat(give("nobody", "first", LONG, false)).isEqualTo(Answer.GONE);

    assertThat(waiting("b")).isEmpty();
    assertThat(waiting("a"))
        .allMatch(one -> one.left().compareTo(LONG) <= 0 && !one.left().isNegative())
        .extracting(FleetOrders.Waiting::text)
        .containsExactly("first", "second");
    loop.await(() -> fleet.orders().done("a", "first"));
    assertThat(waiting("a")).extracting(FleetOrders.Waiting::text).containsExactly("second");
  }

  @Test
  void anOrderThatIsGoodNoLongerIsKnownAsSuchByTheServersClock() {
    keep("a", "x", LONG);
    give("a", "late", Duration.ofMillis(1), false);

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> waiting("a").stream().allMatch(one -> one.left().isNegative()));
    assertThat(waiting("a")).hasSize(1);
  }

  @Test
  void ofManyOrdersTheOldestGo() {
    keep("a", "x", LONG);
    for (int i = 0; i <= FleetOrders.MOST; i++) {
      give("a", "order " + i, LONG, false);
    }

    assertThat(waiting("a"))
        .hasSize(FleetOrders.MOST)
        .extracting(FleetOrders.Waiting::text)
        .startsWith("order 1");
  }

  @Test
  void oneLeadsAtATimeAndOnlyItsOrdersAreTaken() {
    String group = Servers.uniqueName("fleet");
    FleetRegistry one = registry(group);
    FleetRegistry other = registry(group);
    loop.await(() -> one.keep("a", "x", LONG));

    assertThat(lead(one)).isEmpty();
    assertThat(lead(other)).as("who it is").contains("process ");
    assertThat(give(one, "mine")).isEqualTo(Answer.GIVEN);
    assertThat(give(other, "another's")).isEqualTo(Answer.LED);

    loop.await(() -> one.orders().resign());
    assertThat(give(one, "late")).as("it leads no more").isEqualTo(Answer.LED);
    assertThat(lead(other)).isEmpty();
    assertThat(give(other, "next")).isEqualTo(Answer.GIVEN);
    loop.await(other.orders()::resign);
    loop.await(one::close);
    loop.await(other::close);
  }

  private static <T> T ok(Reply<T> reply) {
    assertThat(reply).isInstanceOf(Reply.Ok.class);
    return ((Reply.Ok<T>) reply).value();
  }

  private String lastWords(String member) {
    return ok(loop.await(() -> fleet.lastWords(member)));
  }

  private Answer give(String member, String order, Duration good, boolean leading) {
    return ok(loop.await(() -> fleet.orders().give(member, order, good, leading)));
  }

  private Answer give(FleetRegistry registry, String order) {
    return ok(loop.await(() -> registry.orders().give("a", order, LONG, true)));
  }

  private String lead(FleetRegistry registry) {
    return ok(loop.await(() -> registry.orders().lead(why -> {})));
  }

  private List<FleetOrders.Waiting> waiting(String member) {
    return ok(loop.await(() -> fleet.orders().take(member)));
  }

  @Test
  void fleetsOfOtherNamesAreNotSeen() {
    FleetRegistry other = registry(Servers.uniqueName("fleet"));
    loop.await(() -> other.keep("a", "of another", LONG));

    assertThat(members()).isEmpty();
    loop.await(other::close);
  }

  private FleetRegistry registry(String name) {
    FleetRegistry made = loop.get(() -> RedisFleetRegistry.in(SERVER).registry(loop.loop(), name));
    Future<Void> open = loop.get(made::open);
    assertThat(open).isNotNull();
    return made;
  }

  private void keep(String member, String said, Duration length) {
    assertThat(loop.await(() -> fleet.keep(member, said, length)).isOk()).isTrue();
  }

  private List<String> members() {
    Reply<List<String>> all = loop.await(fleet::members);
    assertThat(all).isInstanceOf(Reply.Ok.class);
    return ((Reply.Ok<List<String>>) all).value();
  }
}
