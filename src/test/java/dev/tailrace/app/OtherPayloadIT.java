package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/**
 * A key that comes again: with the same payload it is done once, with another one it is a dead
 * letter, and what was dead runs when somebody sends it back.
 */
class OtherPayloadIT extends DeadLetterScene {
  @Test
  void theSamePayloadIsDoneOnceAndAnotherOneIsDeadUntilItIsReplayed() throws Exception {
    MortalHandler.WARDS.put(name, ward);
    ward.mended = true;
    configure("redis", name, "redis", name + ".dlq");
    Tailrace pool = Results.result(pool().start());
    try (Jedis redis = new Jedis(URI.create(servers.redis().url()))) {
      send(redis, "ten");
      await().atMost(PATIENCE).until(() -> ward.effects.equals(Map.of("id-1", 1)));
      send(redis, "ten");
      send(redis, "twenty");
      awaitFinished(pool, 3);

      JsonObject group =
          result(List.of("list"), "destinations").getJsonArray("groups").getJsonObject(0);
      assertThat(group.getString("reason")).isEqualTo("idempotency key used with another payload");
      assertThat(group.getLong("count")).isEqualTo(1);
      assertThat(finished(pool))
          .isEqualTo(
              Map.of("done", 1, "skipped", 1, "deadLettered", 1, "discarded", 0, "moved", 0));
      assertThat(ward.effects).isEqualTo(Map.of("id-1", 1));

      assertThat(result(List.of("replay"), "replays").getLong("replayed")).isEqualTo(1);
      await().atMost(PATIENCE).until(() -> ward.effects.equals(Map.of("id-1", 2)));
      awaitFinished(pool, 4);
    }
    assertThat(Results.result(pool.drain(SIGTERM)).exitCode()).isZero();
  }

  private void send(Jedis redis, String body) {
    redis.xadd(name, StreamEntryID.NEW_ENTRY, Map.of("value", body, "h.idempotency-key", "id-1"));
  }

  private static void awaitFinished(Tailrace pool, int messages) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                finished(pool).values().stream().mapToInt(each -> (Integer) each).sum()
                    == messages);
  }

  private static Map<String, Object> finished(Tailrace pool) throws Exception {
    JsonObject pipeline =
        new JsonObject(Results.result(pool.status()).toJson().encode())
            .getJsonArray("pipelines")
            .getJsonObject(0);
    return pipeline.getJsonObject("messages").getJsonObject("finished").getMap();
  }
}
