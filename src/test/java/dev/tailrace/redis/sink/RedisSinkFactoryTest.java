package dev.tailrace.redis.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.redis.link.RedisConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A destination is named in logs. */
class RedisSinkFactoryTest {
  @Test
  void nothingPrintsThePassword() {
    RedisConfig config =
        new RedisConfig("redis://:inside@there:7000", "secret", Duration.ofSeconds(1));

    assertThat(new RedisSinkFactory(config, "s").toString()).doesNotContain("secret", "inside");
  }
}
