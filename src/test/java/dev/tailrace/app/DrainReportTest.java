package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.app.DrainReport.AbandonedMessage;
import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.lifecycle.DrainConfig.Strategy;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Source.CommittedPosition;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The report in its public form, whole and cut to size. */
final class DrainReportTest {
  private static final PoolIdentity IDENTITY =
      new PoolIdentity("orders-worker", "orders-0", "k1-abc", "host-7", "0.1.0");

  private static final String PUBLIC_FORM =
      """
      {
        "schema" : 1,
        "instance" : "orders-0",
        "incarnation" : "k1-abc",
        "host" : "host-7",
        "version" : "0.1.0",
        "configSha256" : "5ba9",
        "reason" : "signal 15",
        "trigger" : "sigterm",
        "strategy" : "bounded",
        "forcedBy" : null,
        "result" : "incomplete",
        "exitCode" : 4,
        "startedAt" : "2026-01-31T10:00:00Z",
        "endedAt" : "2026-01-31T10:00:03Z",
        "durationMillis" : 3000,
        "deadlineMillis" : 25000,
        "phases" : [ {
          "name" : "stop-intake",
          "budgetMillis" : 4750,
          "durationMillis" : 12,
          "result" : "done",
          "detail" : "detail"
        } ],
        "messages" : {
          "executingAtStart" : 3,
          "bufferedAtStart" : 2,
          "parkedAtStart" : 1,
          "finished" : {
            "done" : 2,
            "deadLettered" : 1,
            "discarded" : 0,
            "skipped" : 0,
            "moved" : 0
          },
          "released" : 2,
          "abandoned" : {
            "count" : 1,
            "first" : [ {
              "pipeline" : "orders",
              "source" : "orders/2",
              "position" : "50",
              "epoch" : 3,
              "keyHash" : "9f86",
              "attempt" : 2,
              "stage" : "handling",
              "claim" : "claim-1",
              "ageMillis" : 20500,
              "grade" : "B",
              "repeat" : "check",
              "stack" : [ "com.acme.Orders.handle(Orders.java:7)" ]
            } ]
          }
        },
        "positions" : [ {
          "source" : "orders/0",
          "committed" : "57",
          "commit" : "ok"
        } ],
        "flushes" : [ {
          "name" : "orders/0 commits",
          "flushed" : 3,
          "pending" : 0,
          "unknown" : 0
        } ],
        "errors" : [ "settle overran its budget" ]
      }""";

  @Test
  void theReportHasExactlyThePublicForm() {
    assertThat(report(1, 1, "detail").toJson().encodePrettily()).isEqualTo(PUBLIC_FORM);
  }

  @Test
  void aReportBeforeTheEndSaysThatItIsNotFinal() {
    DrainReport whole = report(0, 0, "");

    DrainReport soFar =
        new DrainReport(
            whole.identity(),
            "",
            whole.trigger(),
            Strategy.BOUNDED,
            "second signal",
            4,
            whole.timing(),
            List.of(),
            whole.messages(),
            List.of(),
            List.of(),
            List.of(),
            false);

    assertThat(soFar.toJson().getBoolean("final")).isFalse();
    assertThat(soFar.toJson().getString("result")).isEqualTo("forced");
    assertThat(whole.toJson().containsKey("final")).isFalse();
  }

  @Test
  void whatFitsATerminationLogIsNotCut() {
    DrainReport report = report(1, 1, "detail");

    assertThat(report.toTerminationLog()).isEqualTo(report.toJson().encode());
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 100, 5_000})
  void theTerminationLogIsOneLineOfAtMost4096BytesAndSaysWhatWasCut(int many) {
    for (String text : List.of("x".repeat(300), "ü€𝄞".repeat(100), "\"\n\t".repeat(100))) {
      String line = report(Math.min(many, DrainReport.MOST_NAMED), many, text).toTerminationLog();

      assertThat(line.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(4_096);
      assertThat(line).doesNotContain("\n");
      JsonObject json = new JsonObject(line);
      assertThat(json.getBoolean("truncated")).isTrue();
      assertThat(json.getInteger("exitCode")).isEqualTo(4);
      assertThat(json.getJsonObject("messages").getJsonObject("abandoned").getInteger("count"))
          .isEqualTo(1);
    }
  }

  private static DrainReport report(int named, int positions, String detail) {
    MessageCounts start = new MessageCounts(100, Map.of(), 0, 0, 3, 2, 1, 600);
    MessageCounts since =
        new MessageCounts(0, Map.of(Finish.DONE, 2L, Finish.DEAD_LETTERED, 1L), 2, 1, 0, 0, 0, 0);
    List<AbandonedMessage> left = Stream.generate(DrainReportTest::abandoned).limit(named).toList();
    return new DrainReport(
        IDENTITY,
        "5ba9",
        new Trigger(Trigger.Kind.SIGTERM, "signal 15"),
        Strategy.BOUNDED,
        null,
        4,
        new DrainReport.Timing(
            Instant.parse("2026-01-31T10:00:00Z"),
            Instant.parse("2026-01-31T10:00:03Z"),
            Duration.ofSeconds(3),
            Duration.ofSeconds(25)),
        Stream.of(Phase.values())
            .filter(phase -> positions > 1 || phase == Phase.STOP_INTAKE)
            .map(phase -> phase(phase, detail))
            .toList(),
        new DrainReport.Messages(start, since, 1, left),
        IntStream.range(0, positions)
            .mapToObj(i -> new CommittedPosition("orders/" + i, "57", "ok"))
            .toList(),
        List.of(new FlushLine("orders/0 commits", 3, 0, 0)),
        List.of("settle overran its budget"),
        true);
  }

  @ParameterizedTest
  @CsvSource({
    "A, claiming, SAFE", "B, waiting, SAFE", "C, handling, SAFE", "C, mark, SAFE",
    "A, handling, CHECK", "B, handling, CHECK", "B, mark, CHECK", "B, dead letter, CHECK"
  })
  void whoseHandlerWasNotCalledIsSafeToRepeatAndOthersByTheirGrade(
      String grade, String stage, DrainReport.Repeat repeat) {
    assertThat(DrainReport.Repeat.of(grade, stage)).isEqualTo(repeat);
  }

  private static PhaseResult phase(Phase phase, String detail) {
    return new PhaseResult(
        phase,
        Duration.ofMillis(4_750),
        Duration.ofMillis(12),
        PhaseResult.Result.DONE,
        detail,
        null);
  }

  private static AbandonedMessage abandoned() {
    return new AbandonedMessage(
        "orders",
        "orders/2",
        "50",
        3,
        "9f86",
        2,
        "handling",
        "claim-1",
        20_500,
        List.of("com.acme.Orders.handle(Orders.java:7)"),
        "B",
        DrainReport.Repeat.CHECK);
  }
}
