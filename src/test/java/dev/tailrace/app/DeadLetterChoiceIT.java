package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.cli.JarProcess;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which dead letters the commands of {@code dlq} mean, what they show, and what they ask. */
final class DeadLetterChoiceIT extends DeadLetterScene {
  private static final int EARLY = 60;
  private static final int ALL = 100;

  @Test
  void everyCommandMeansTheSameLettersByTheSameOptions() throws Exception {
    die("kafka", 2, EARLY);
    Instant since = Instant.now().plusMillis(1);
    await().until(() -> Instant.now().isAfter(since));
    produce(EARLY, ALL - EARLY);
    dies(ALL);
    List<String> late = List.of("--since", since.toString(), "--reason", "reason 4");
    long both =
        IntStream.range(EARLY, ALL).filter(i -> MortalHandler.reason(i).equals("reason 4")).count();

    assertMeant(ALL, List.of("--pipeline", "mortal"));
    assertMeant(ALL - EARLY, List.of("--since", since.toString()));
    assertMeant(1, List.of("--key", "key-3"));
    assertMeant(7, List.of("--limit", "7"));
    assertMeant(both, late);

    assertThat(result(with("replay", late, "--dry-run"), "replays").getLong("replayed"))
        .isEqualTo(both);
    List<String> first = List.of("--key", "hex:6b65792d33", "--limit", "1");
    assertThat(result(with("replay", first, "--dry-run"), "replays").getLong("replayed"))
        .isEqualTo(1);
    assertMeant(ALL, List.of()); // nothing was sent, nothing deleted
  }

  private void assertMeant(long expected, List<String> options) {
    JsonObject list = only(inThisProcess(with("list", options)), "destinations");
    assertThat(list.getLong("letters")).as("list %s", options).isEqualTo(expected);
    List<String> enough = options.contains("--limit") ? List.of() : List.of("--limit", "1000");
    assertThat(
            new JsonObject(inThisProcess(with("show", options, enough.toArray(String[]::new))))
                .getJsonArray("letters"))
        .as("show %s", options)
        .hasSize((int) expected);
    JsonObject purge = only(inThisProcess(with("purge", options, "--dry-run")), "purges");
    assertThat(purge.getLong("matching")).as("purge %s", options).isEqualTo(expected);
  }

  private static JsonObject only(String out, String list) {
    List<JsonObject> results = objects(new JsonObject(out).getJsonArray(list));
    assertThat(results).as(out).hasSize(1);
    return results.get(0);
  }

  private static List<String> with(String command, List<String> options, String... more) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(options);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void peopleSeeWhyALetterDiedItsHeadersAndTheBeginningOfItsPayload() throws Exception {
    die("kafka", 1, 10);

    assertThat(text("show", "--key", "key-3").lines().map(String::strip))
        .contains("pipeline  mortal", "reason    reason 4", "attempts  1", "key       key-3")
        .contains("error     java.lang.IllegalStateException: no luck with id-3")
        .contains("origin    " + name + "/0@3, written " + written(3))
        .contains("header    idempotency-key: id-3", "body      6 bytes: body-3");
    assertThat(text("list").lines())
        .contains("kafka " + name + ".dlq: 10 dead letters")
        .anyMatch(row -> row.matches(" +1  mortal +reason 4 +java.lang.IllegalState.*Z +20.*Z"));
  }

  private String written(int number) {
    String out = inThisProcess(List.of("show", "--key", "key-" + number));
    return only(out, "letters").getString("originTimestamp");
  }

  private String text(String... arguments) {
    return inThisProcess(List.of(arguments), "text");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"n, 1, 10", "'', 1, 10", "y, 0, 0"})
  void aPurgeAsksOnATerminalAndDeletesAfterAYesOnly(String answer, int exitCode, long left)
      throws Exception {
    assumeThat(JarProcess.hasTerminals()).as("the tool 'script'").isTrue();
    die("kafka", 1, 10);

    try (JarProcess purge = JarProcess.onTerminal(folder, "dlq", "purge")) {
      String question = "Delete 10 dead letters from kafka " + name + ".dlq for good? [y/N]";
      purge.answer(question, answer);
      assertThat(purge.exitCode()).as(purge.out()).isEqualTo(exitCode);
      assertThat(purge.out())
          .contains(question)
          .contains("10 dead letters " + (left == 0 ? "deleted" : "not deleted"));
    }

    assertThat(result(List.of("list"), "destinations").getLong("letters")).isEqualTo(left);
  }
}
