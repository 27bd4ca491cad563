package dev.tailrace.redis.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.redis.client.impl.types.ErrorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What servers answer about slots that they do not have is understood, and nothing else is. */
class RedirectionTest {
  @Test
  void aSlotThatHasMovedAndOneThatIsMovingAreToldApart() {
    assertThat(Redirection.of(ErrorType.create("MOVED 3999 127.0.0.1:6381")))
        .contains(new Redirection(true, 3_999, "127.0.0.1", 6_381));
    assertThat(Redirection.of(ErrorType.create("ASK 16383 redis-1.example:7000")))
        .contains(new Redirection(false, 16_383, "redis-1.example", 7_000));
  }

  @Test
  void aServerWithoutANameIsTheOneThatAnswered() {
    Redirection unnamed = Redirection.of(ErrorType.create("MOVED 1 :7001")).orElseThrow();

    RedisServers servers = RedisServers.cluster(List.of("rediss://one"));
    assertThat(servers.named(unnamed.host(), unnamed.port(), "rediss://[::1]:7000"))
        .isEqualTo("rediss://[::1]:7001");
    assertThat(servers.named("?", 7_001, "rediss://10.0.0.1:7000"))
        .isEqualTo("rediss://10.0.0.1:7001");
    assertThat(servers.named("::1", 7_001, "rediss://one")).isEqualTo("rediss://[::1]:7001");
  }

  @Test
  void otherRefusalsAreNone() {
    for (String other :
        List.of(
            "TRYAGAIN Multiple keys request during rehashing of slot",
            "CLUSTERDOWN The cluster is down",
            "MOVED 16384 127.0.0.1:1",
            "MOVED 1 127.0.0.1:0",
            "MOVED 1 127.0.0.1:99999",
            "MOVED away")) {
      assertThat(Redirection.of(ErrorType.create(other))).as(other).isEmpty();
    }
    assertThat(Redirection.of(new IllegalStateException("MOVED 1 127.0.0.1:1"))).isEmpty();
  }
}
