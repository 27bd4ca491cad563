package dev.tailrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.FleetRegistry;
import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
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

    Reply<Boolean> left = loop.await(() -> fleet.leave("leaves"));

    assertThat(left.isOk()).isTrue();
    assertThat(members()).doesNotContain("x").contains("z");
    await().atMost(Duration.ofMinutes(1)).until(() -> members().equals(List.of("z")));
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
