package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.PhaseResult;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A witness hears of a drain in time, and harms it in no way. */
final class DrainWitnessTest {
  private static final Trigger SIGTERM = new Trigger(Trigger.Kind.SIGTERM, "signal");

  private static final DrainReport.FlushLine LOST =
      new DrainReport.FlushLine("telemetry spans", 1, 2, 3);

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(1);
  private final HeldHandler handler = new HeldHandler();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void intakeGoesOnUntilTheBeginIsWrittenDown() throws Exception {
    Promise<Void> written = Promise.promise();
    List<Trigger> heard = new CopyOnWriteArrayList<>();
    Tailrace pool =
        started(
            Duration.ofMinutes(10),
            new DrainWitness() {
              @Override
              public Future<Void> begun(Trigger trigger) {
                heard.add(trigger);
                return written.future();
              }
            });

    Future<DrainReport> draining = pool.drain(SIGTERM);
    await().until(() -> !heard.isEmpty());

    assertThat(heard).containsExactly(SIGTERM);
    assertThat(pool.progress().orElseThrow().current()).isEqualTo(Phase.UNREADY);
    assertThat(broker.calls()).doesNotContain("orders/0 closeIntake");
    written.complete();
    assertThat(Results.result(draining).result()).isEqualTo(DrainReport.Result.CLEAN);
  }

  @Test
  void atTheEndItHasTheReportWithAllThatHasHappenedToMessages() throws Exception {
    List<DrainReport> heard = new CopyOnWriteArrayList<>();
    Tailrace pool =
        started(
            Duration.ofSeconds(25),
            new DrainWitness() {
              @Override
              public Future<Void> ending(DrainReport soFar, Duration budget) {
                heard.add(soFar);
                return Future.succeededFuture();
              }
            });
    broker.produce(0, 3);
    await().until(() -> handler.started() == 3);
    handler.release();

    Results.result(pool.drain(SIGTERM));

    assertThat(heard).hasSize(1);
    assertThat(heard.get(0).complete()).isFalse();
    assertThat(heard.get(0).result()).isEqualTo(DrainReport.Result.CLEAN);
    assertThat(heard.get(0).phases())
        .extracting(PhaseResult::phase)
        .endsWith(Phase.CLOSE_SOURCES, Phase.CLOSE_STORES);
  }

  @Test
  void oneThatFailsOrHangsIsAmongTheErrorsOfACleanReport() throws Exception {
    DrainWitness failing =
        new DrainWitness() {
          @Override
          public Future<Void> begun(Trigger trigger) {
            throw new IllegalStateException("no space");
          }

          @Override
          public Future<Void> ending(DrainReport soFar, Duration budget) {
            return Future.failedFuture("nobody listens");
          }

          @Override
          public List<DrainReport.FlushLine> flushes() {
            return List.of(LOST);
          }
        };
    DrainWitness hanging =
        new DrainWitness() {
          @Override
          public Future<Void> begun(Trigger trigger) {
            return Promise.<Void>promise().future();
          }

          @Override
          public Future<Void> ending(DrainReport soFar, Duration budget) {
            return Promise.<Void>promise().future();
          }

          @Override
          public String toString() {
            return "a disk that hangs";
          }
        };
    Tailrace pool = started(Duration.ofSeconds(2), failing, hanging);

    DrainReport report = Results.result(pool.drain(SIGTERM));

    assertThat(report.result()).isEqualTo(DrainReport.Result.CLEAN);
    assertThat(report.exitCode()).isZero();
    assertThat(report.flushes()).as("told, and harmless").contains(LOST);
    assertThat(report.errors()).hasSize(4).contains("no space", "nobody listens");
    assertThat(report.errors())
        .filteredOn(error -> error.startsWith("a disk that hangs did not end within "))
        .hasSize(2);
    assertThat(report.phases())
        .extracting(PhaseResult::result)
        .containsOnly(PhaseResult.Result.DONE);
  }

  @Test
  void everyPhaseIsToldWithWhatIsInFlight() throws Exception {
    List<String> phases = new CopyOnWriteArrayList<>();
    PoolEvents reader =
        new PoolEvents() {
          @Override
          public void phase(String phase, long inFlight) {
            phases.add(phase + " " + inFlight);
          }
        };
    Tailrace pool = Results.result(builder(Duration.ofSeconds(1)).events(reader).build().start());
    broker.produce(0, 2);
    await().until(() -> handler.started() == 2);

    Results.result(pool.drain(SIGTERM));

    assertThat(phases)
        .extracting(told -> told.split(" ", 2)[0])
        .containsExactlyElementsOf(Arrays.stream(Phase.values()).map(Phase::label).toList());
    assertThat(phases).contains("abandon 2").endsWith("close-runtime 0");
  }

  private PoolBuilder builder(Duration deadline) {
    return Tailrace.builder(vertx)
        .add(Pipeline.named("orders").source(broker).handle(handler).build())
        .drain(DrainConfig.within(deadline));
  }

  private Tailrace started(Duration deadline, DrainWitness... witnesses) throws Exception {
    PoolBuilder builder = builder(deadline);
    for (DrainWitness witness : witnesses) {
      builder.witness(pool -> witness);
    }
    return Results.result(builder.build().start());
  }
}
