package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.RedisConfig;
import org.junit.jupiter.api.Test;

/** Effects where the server runs scripts. */
class RedisEffectsIT extends EffectsContract {
  @Override
  RedisIdempotencyStore store(String server) {
    return loop.get(
        () -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), RedisConfig.of(server), stream));
  }

  @Test
  void whatComesAfterARefusalIsNotCarriedOut() {
    Fence first = won(claim(LONG));
    Effects effects = Effects.of("HINCRBY", text, "done", 1).and("DEL", text);
    assertThat(carryOut(first, effects).kind()).isEqualTo(EffectAnswer.Kind.REFUSED);
    assertThat(admin.get(text)).isEqualTo("text");

    EffectAnswer answer = carryOut(first, count.and("HINCRBY", text, "done", 1).and("DEL", text));

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.BROKEN);
    assertThat(done()).isEqualTo("1");
    assertThat(admin.get(text)).isEqualTo("text");
  }
}
