package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.JarProcess;
import dev.tailrace.message.Headers;
import dev.tailrace.sink.OutgoingMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of {@code dlq} as processes, on real brokers, beside a pool that runs. */
final class DeadLetterCommandsIT extends DeadLetterScene {
  private static final int MANY = 10_000;

  /** So slow that a busy machine, too, kills it long before its end. */
  private static final int RATE = 500;

  /** What a replay of that rate may send once more after it was killed. */
  private static final int CHUNK = RATE / 10;

  private static final List<String> HALF =
      List.of("--reason", "reason 0", "--reason", "reason 1", "--reason", "reason 2");

  @ParameterizedTest
  @CsvSource({"kafka, " + MANY, "redis, " + MANY})
  void ofManyDeadLettersHalfIsReplayedAcrossAKillAndEachTakesEffectOnce(String broker, int all)
      throws Exception {
    die(broker, 4, all);
    isListedByReason(all);
    isShown();

    ward.mended = true;
    Tailrace pool = Results.result(pool().start());
    produce(broker, 20); // which are dead, and stay so
    try (JarProcess killed = start(replay("--rate", RATE + "/s"))) {
      await().atMost(PATIENCE).until(() -> ward.effects.size() > 1_000 || ended(killed));
      killed.process().destroyForcibly().waitFor();
    }
    assertThat(ward.effects).hasSizeBetween(1_001, all / 2 - 1);
    JsonObject resumed = result(replay("--rate", "5000/s"), "replays");
    JsonObject overlapping =
        result(List.of("replay", "--reason", "reason 0", "--rate", "5000/s"), "replays");
    await().atMost(PATIENCE).until(() -> ward.effects.size() == all / 2);
    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(resumed.getBoolean("resumed")).isTrue();
    assertThat(resumed.getString("ending")).isEqualTo("complete");
    assertThat(resumed.getLong("replayed")).isBetween(1L, all / 2 - 1_001L + CHUNK);
    assertThat(overlapping.getLong("replayed")).isEqualTo(count("reason 0", all));
    assertThat(report.exitCode()).isZero();
    assertThat(ward.effects.keySet()).isEqualTo(half(all));
    assertThat(ward.effects.values()).containsOnly(1);
    assertThat(ward.deaths).hasValue(all);
  }

  private void isListedByReason(int all) throws Exception {
    JsonObject list = result(List.of("list"), "destinations");
    assertThat(list.getLong("letters")).isEqualTo(all);
    List<JsonObject> groups = objects(list.getJsonArray("groups"));
    Map<String, Long> counts =
        groups.stream()
            .collect(
                Collectors.toMap(
                    group -> group.getString("reason"), group -> group.getLong("count")));
    assertThat(counts)
        .hasSize(7)
        .allSatisfy((reason, n) -> assertThat(n).isEqualTo(count(reason, all)));
    assertThat(groups)
        .allSatisfy(
            group -> {
              assertThat(group.getString("pipeline")).isEqualTo("mortal");
              assertThat(group.getString("errorClass"))
                  .isEqualTo(
                      group.getString("reason").compareTo("reason 3") < 0
                          ? ""
                          : "java.lang.IllegalStateException");
              assertThat(Instant.parse(group.getString("first")))
                  .isBefore(Instant.parse(group.getString("last")));
            });
  }

  private void isShown() throws Exception {
    JsonObject shown =
        result(
            List.of("show", "--reason", "reason 4", "--key", "key-3", "--limit", "1"), "letters");
    assertThat(shown.getString("reason")).isEqualTo("reason 4");
    assertThat(shown.getString("errorMessage")).isEqualTo("no luck with id-3");
    assertThat(shown.getString("attempts")).isEqualTo("1");
    assertThat(shown.getString("origin")).startsWith(name);
    assertThat(shown.getJsonObject("key").getString("text")).isEqualTo("key-3");
    assertThat(shown.getJsonObject("body").getString("text")).isEqualTo("body-3");
    assertThat(shown.getJsonArray("headers").getJsonObject(0).getString("name"))
        .isEqualTo("idempotency-key");
  }

  @ParameterizedTest(name = "from {0} by {1} back to {2}")
  @CsvSource({"kafka,redis,kafka", "redis,kafka,redis"})
  void bytesThatDecodeNowhereComeBackUntouched(String from, String by, String to) throws Exception {
    Buffer bytes = Buffer.buffer(new byte[] {0, (byte) 0xff, 13, 10, -61});
    Headers headers =
        Headers.empty()
            .with("traceparent", bytes)
            .with("traceparent", "second")
            .with("tracestate", "acme=1,other=2")
            .with("idempotency-key", "id-1");
    OutgoingMessage undecodable = new OutgoingMessage(bytes, bytes, headers);
    BrokerEnds source = BrokerEnds.of(from, servers, vertx);
    BrokerEnds letters = BrokerEnds.of(by, servers, vertx);
    BrokerEnds target = BrokerEnds.of(to, servers, vertx);
    source.send(List.of(undecodable));
    MortalHandler.WARDS.put(name, ward);
    configure(from, source.source, by, letters.letters);
    dies(1);

    JsonObject shown = result(List.of("show", "--key", "hex:00ff0d0ac3"), "letters");
    result(List.of("replay", "--to", to + ":" + target.letters), "replays");

    assertThat(shown.getJsonObject("body").getString("hex")).isEqualTo("00ff0d0ac3");
    assertThat(target.arrived())
        .singleElement()
        .satisfies(
            back -> {
              assertThat(back.key()).isEqualTo(bytes);
              assertThat(back.body()).isEqualTo(bytes);
              assertThat(back.headers().text(Headers.REPLAY_ID)).startsWith(source.source);
              assertThat(back.headers().without(Headers.REPLAY_ID).without(Headers.REPLAY_PIPELINE))
                  .isEqualTo(headers);
            });
  }

  @Test
  void aServerThatIsNotThereEndsWithFiveAndIsNamed() throws Exception {
    configure("kafka", name, "kafka", name + ".dlq");
    Path toKafka = Files.move(folder.resolve("tailrace.yaml"), folder.resolve("kafka.yaml"));
    configure("redis", name, "redis", name + ".dlq");
    String noKafka = "kafka.bootstrap.servers=127.0.0.1:1";
    String noRedis = "redis.url=redis://127.0.0.1:2";
    try (JarProcess kafka =
            JarProcess.start(folder, "dlq", "list", "-c", toKafka.toString(), "--set", noKafka);
        JarProcess redis = JarProcess.start(folder, "dlq", "list", "--set", noRedis)) {
      assertThat(kafka.exitCode()).isEqualTo(5);
      assertThat(kafka.err().lines()).singleElement().asString().contains("127.0.0.1:1");
      assertThat(redis.exitCode()).isEqualTo(5);
      assertThat(redis.err().lines()).singleElement().asString().contains("127.0.0.1:2");
    }
  }

  @Test
  void kafkaDeletesFromTheFrontAndSaysWhatStays() throws Exception {
    die("kafka", 1, 100);

    JsonObject counted = result(List.of("purge", "--reason", "reason 0", "--dry-run"), "purges");
    assertThat(counted.getLong("matching")).isEqualTo(17);
    assertThat(counted.getLong("deletable")).isLessThan(17);
    assertThat(counted.getLong("deleted")).isZero();
    assertThat(result(List.of("purge", "--limit", "9", "--yes"), "purges").getLong("deleted"))
        .isEqualTo(9);
    assertThat(result(List.of("list"), "destinations").getLong("letters")).isEqualTo(91);
    assertThat(result(List.of("purge", "--yes"), "purges").getLong("deleted")).isEqualTo(91);
    assertThat(result(List.of("list"), "destinations").getJsonArray("groups")).isEmpty();
  }

  @Test
  void redisDeletesExactlyWhatIsMeant() throws Exception {
    die("redis", 1, 100);

    JsonObject some = result(List.of("purge", "--reason", "reason 4", "--yes"), "purges");
    assertThat(some.getLong("deleted")).isEqualTo(13);
    JsonObject list = result(List.of("list"), "destinations");
    assertThat(list.getLong("letters")).isEqualTo(87);
    assertThat(list.getJsonArray("groups")).hasSize(6);
  }

  private static long count(String reason, int all) {
    return IntStream.range(0, all).filter(i -> MortalHandler.reason(i).equals(reason)).count();
  }

  private static Set<String> half(int all) {
    return IntStream.range(0, all / 2).mapToObj(i -> "id-" + 2 * i).collect(Collectors.toSet());
  }

  private static List<String> replay(String... more) {
    List<String> arguments = new ArrayList<>(List.of("replay"));
    arguments.addAll(HALF);
    arguments.addAll(List.of(more));
    return arguments;
  }
}
