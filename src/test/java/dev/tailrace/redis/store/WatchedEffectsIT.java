package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.message.Effects;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.link.RedisConfig;
import dev.tailrace.redis.link.RedisServers;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Effects where the server runs no scripts for us. */
class WatchedEffectsIT extends EffectsContract {
  @AfterEach
  void deleteUser() {
    admin.aclDelUser(stream);
  }

  @Override
  RedisIdempotencyStore store(String server) {
    admin.aclSetUser(stream, "on", "nopass", "~*", "&*", "+@all", "-eval", "-evalsha");
    URI address = URI.create(server);
    RedisServers servers =
        RedisServers.standalone("redis://" + address.getHost() + ":" + address.getPort());
    RedisConfig config = new RedisConfig(servers, stream, "any", RedisConfig.DEFAULT_TIMEOUT);
    return loop.get(() -> new RedisIdempotencyStore(loop.vertx(), loop.loop(), config, stream));
  }

  @Test
  void whatComesAfterARefusalIsCarriedOutAllTheSameSoThatTheKeyEnds() {
    Fence fence = won(claim(LONG));

    EffectAnswer answer = carryOut(fence, Effects.of("HINCRBY", text, "done", 1).and("DEL", text));

    assertThat(answer.kind()).isEqualTo(EffectAnswer.Kind.BROKEN);
    assertThat(answer.error()).contains("WRONGTYPE");
    assertThat(admin.get(text)).isNull();
    assertThat(claim(LONG).kind()).isEqualTo(Kind.BROKEN);
  }

  @Test
  void thoseWhoRunScriptsKnowWhatWasBrokenWithoutThem() {
    RedisIdempotencyStore scripted =
        loop.get(
            () ->
                new RedisIdempotencyStore(loop.vertx(), loop.loop(), RedisConfig.of(url), stream));
    loop.await(scripted::open);
    Fence fence = won(claim(LONG));
    EffectAnswer answer = carryOut(fence, count.and("HINCRBY", text, "done", 1));

    assertThat(claim(scripted, LONG).kind()).isEqualTo(Kind.BROKEN);
    assertThat(carryOut(scripted, fence, count)).isEqualTo(answer);
    assertThat(done()).isEqualTo("1");
    loop.await(scripted::close);
  }
}
