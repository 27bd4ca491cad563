package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.PoolIdentity;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known afterwards of a stop, and of an end without one. */
class AuditTrailTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = folder.resolve("audit.jsonl");
  }

  @Test
  void aStopHasALineAtItsBeginAndOneAtItsEnd() throws Exception {
    PoolIdentity who = PoolIdentity.of("test", "a");
    try (AuditTrail audit = open(who)) {
      awaitBegin(audit);
      assertThat(lines()).hasSize(1);
      assertThat(lines().get(0))
          .contains("\"event\":\"stop_begin\"", "\"trigger\":\"sigterm\"", "\"phase\":\"unready\"")
          .contains("\"instance\":\"a\"", "\"incarnation\":\"" + who.incarnation() + '"')
          .contains("\"at\":\"1970-01-01T00:00:07Z\"");

      audit.ended(SampleReport.of(who));
    }

    awaitLines(2);
    assertThat(lines().get(1))
        .contains("\"event\":\"stop_end\"", "\"result\":\"clean\"", "\"exitCode\":0")
        .contains("\"phase\":\"close-runtime\"", "\"durationMillis\":1500");
  }

  @Test
  void theEndIsWrittenOnce() throws Exception {
    PoolIdentity who = PoolIdentity.of("test", "a");
    try (AuditTrail audit = open(who)) {
      audit.ended(SampleReport.of(who));
      audit.ended(SampleReport.of(who));
    }
    awaitLines(1);
  }

  @Test
  void afterAnEndInOrderTheNextStartKnowsHowLongTheDrainTook() throws Exception {
    PoolIdentity who = PoolIdentity.of("test", "a");
    try (AuditTrail first = open(who)) {
      awaitBegin(first);
      first.phase("settle", 3);
      first.ended(SampleReport.of(who));
    }
    awaitLines(2);
    try (AuditTrail other = open(PoolIdentity.of("test", "b"))) {
      assertThat(other.lookBack()).isEqualTo(PreviousRun.UNKNOWN);
    }
    try (AuditTrail next = open(PoolIdentity.of("test", "a"))) {
      assertThat(next.lookBack()).isEqualTo(new PreviousRun(null, Duration.ofMillis(1_500)));
    }
    assertThat(lines()).hasSize(2);
  }

  @Test
  void aDeathInADrainIsToldByTheNextStartWithItsPhaseAndWhatWasInFlight() throws Exception {
    PoolIdentity who = PoolIdentity.of("test", "a");
    try (AuditTrail dying = open(who)) {
      awaitBegin(dying);
      dying.phase("settle", 12);
    }
    try (AuditTrail next = open(PoolIdentity.of("test", "a"))) {
      PreviousRun.Crash crash = next.lookBack().crash();
      assertThat(crash)
          .isEqualTo(
              new PreviousRun.Crash(who.incarnation(), "settle", 12, "1970-01-01T00:00:07Z"));
      awaitBegin(next);
    }
    assertThat(lines()).hasSize(3);
    assertThat(new JsonObject(lines().get(1)).getString("event")).isEqualTo("crash");
    assertThat(new JsonObject(lines().get(1)).getString("note"))
        .startsWith("previous run ended without a report: last phase settle, in flight then 12");
  }

  @Test
  void aDeathWithoutAnyDrainIsToldWithItsState() throws Exception {
    try (AuditTrail dying = open(PoolIdentity.of("test", "a"))) {
      dying.state("starting", "running", "all consume");
      dying.inFlight(7);
    }
    try (AuditTrail next = open(PoolIdentity.of("test", "a"))) {
      assertThat(next.lookBack().crash())
          .extracting(PreviousRun.Crash::phase, PreviousRun.Crash::inFlight)
          .containsExactly("running", 7L);
      awaitLines(1);
    }
    try (AuditTrail afterThat = open(PoolIdentity.of("test", "a"))) {
      assertThat(afterThat.lookBack().crash())
          .as("the one before this died, too, in its start")
          .extracting(PreviousRun.Crash::phase)
          .isEqualTo("starting");
      awaitBegin(afterThat);
    }
  }

  @Test
  void withoutLastWordsTheBeginOfAStopBetraysItsDeath() throws Exception {
    try (AuditTrail dying = open(PoolIdentity.of("test", "a"))) {
      awaitBegin(dying);
    }
    Files.delete(AuditTrail.wordsOf(file, "a"));
    try (AuditTrail next = open(PoolIdentity.of("test", "a"))) {
      assertThat(next.lookBack().crash())
          .extracting(PreviousRun.Crash::phase, PreviousRun.Crash::inFlight)
          .containsExactly("unready or later", -1L);
      awaitLines(2);
    }
  }

  @Test
  void aSecondProcessOfTheSameNameDoesNotTakeTheLivingOneForDead() throws Exception {
    try (AuditTrail living = open(PoolIdentity.of("test", "a"));
        AuditTrail second = open(PoolIdentity.of("test", "a"))) {
      assertThat(second.lookBack()).isEqualTo(PreviousRun.UNKNOWN);
      living.inFlight(1);
    }
  }

  @Test
  void aFullDiskAndAFolderThatCannotBeWrittenAreWarningsAlone() throws Exception {
    PoolIdentity who = PoolIdentity.of("test", "a");
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    for (Path bad : List.of(file, Path.of("/proc/nowhere/audit.jsonl"))) {
      try (AuditTrail audit = AuditTrail.open(bad, who, AuditTrailTest::wall)) {
        audit.lookBack();
        audit.phase("settle", 1);
        assertThatThrownBy(() -> awaitBegin(audit))
            .isInstanceOf(ExecutionException.class)
            .hasRootCauseInstanceOf(IOException.class)
            .hasMessageContaining("audit.file: cannot write " + bad);
        audit.ended(SampleReport.of(who));
      }
    }
    Files.delete(file);
    try (AuditTrail next = open(who)) {
      assertThat(next.lookBack().crash()).as("its last words say that it ended").isNull();
    }
  }

  @Test
  void withoutAFileNothingIsWrittenAndNothingFails() throws Exception {
    PoolIdentity who = PoolIdentity.of("test", "a");
    try (AuditTrail none = AuditTrail.open(null, who, AuditTrailTest::wall)) {
      assertThat(none.lookBack()).isEqualTo(PreviousRun.UNKNOWN);
      awaitBegin(none);
      none.ended(SampleReport.of(who));
    }
    assertThat(folder).isEmptyDirectory();
  }

  private AuditTrail open(PoolIdentity who) {
    return AuditTrail.open(file, who, AuditTrailTest::wall);
  }

  private static Instant wall() {
    return Instant.ofEpochSecond(7);
  }

  private static void awaitBegin(AuditTrail audit) throws Exception {
    audit
        .begun(SampleReport.SIGTERM)
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  /** A slow disk is not waited for by those who write. */
  private void awaitLines(int number) {
    await().until(() -> Files.exists(file) && lines().size() == number);
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(file);
  }
}
