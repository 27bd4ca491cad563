package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.JarProcess;
import dev.tailrace.local.RedisServer;
import dev.tailrace.message.Headers;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays as processes that are asked to stop, on real brokers. */
final class ReplayStopIT extends DeadLetterScene {
  @ParameterizedTest
  @ValueSource(strings = {"kafka", "redis"})
  void ctrlCStopsAReplayInOrderAndTheSameCommandGoesOn(String broker) throws Exception {
    die(broker, 1, 200);
    BrokerEnds target = BrokerEnds.of(broker, servers, vertx);
    String to = broker + ":" + target.letters;

    try (JarProcess stopped =
        JarProcess.start(folder, "dlq", "replay", "--to", to, "--rate", "20/s")) {
      await().atMost(PATIENCE).until(() -> !target.arrived().isEmpty() || ended(stopped));
      stopped.signal("INT");
      assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(1);
      assertThat(stopped.out()).contains("stopped; the same command goes on from there");
      assertThat(stopped.out())
          .contains(name + ".dlq: " + target.arrived().size() + " dead letters replayed")
          .doesNotContain("not confirmed");
    }
    JsonObject rest = result(List.of("replay", "--to", to, "--rate", "1000/s"), "replays");

    assertThat(rest.getBoolean("resumed")).isTrue();
    assertThat(target.arrived()).hasSize(200);
    assertThat(target.arrived().stream().map(one -> one.headers().text(Headers.REPLAY_ID)))
        .doesNotHaveDuplicates();
    assertThat(result(List.of("replay", "--to", to), "replays").getLong("replayed")).isZero();
  }

  @Test
  void ctrlCEndsAReplayAlsoWhereItsDestinationIsSilentAndNothingIsMissingAfterwards()
      throws Exception {
    die("kafka", 1, 200);
    try (RedisServer frozen = servers.newRedis()) {
      List<String> there =
          List.of("--to", "redis:there", "--set", "redis.url=" + frozen.url(), "--rate");
      Redis probe = Redis.createClient(vertx, frozen.url());
      try (JarProcess stopped = start(with(there, "40/s"))) {
        await().atMost(PATIENCE).until(() -> !there(probe).isEmpty() || ended(stopped));
        frozen.pause();
        stopped.signal("INT");
        assertThat(stopped.exitCode()).as(stopped.err()).isEqualTo(1);
        frozen.resume();
        JsonObject report = new JsonObject(stopped.out()).getJsonArray("replays").getJsonObject(0);
        assertThat(report.getString("ending")).isEqualTo("stopped");
        assertThat(report.getLong("replayed")).isPositive();
        assertThat(report.getLong("uncertain")).isBetween(0L, 4L);
      }

      assertThat(result(with(there, "1000/s"), "replays").getString("ending"))
          .isEqualTo("complete");
      assertThat(there(probe)).hasSizeBetween(200, 204);
      assertThat(new HashSet<>(there(probe))).hasSize(200);
    }
  }

  private static List<String> with(List<String> arguments, String rate) {
    List<String> all = new ArrayList<>(List.of("replay"));
    all.addAll(arguments);
    all.add(rate);
    return all;
  }

  /** The replay ids in the stream, in order. */
  private static List<String> there(Redis probe) throws Exception {
    Request range = Request.cmd(Command.XRANGE).arg("there").arg("-").arg("+");
    List<String> ids = new ArrayList<>();
    for (Response entry : Results.result(probe.send(range))) {
      Response fields = entry.get(1);
      for (int i = 0; i < fields.size(); i += 2) {
        if (fields.get(i).toString().equals("h." + Headers.REPLAY_ID)) {
          ids.add(fields.get(i + 1).toString());
        }
      }
    }
    return ids;
  }
}
