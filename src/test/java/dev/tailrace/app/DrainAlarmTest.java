package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.message.Outcome;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool that holds more than its drain has time for says so while it works. */
final class DrainAlarmTest {
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(1);
  private final RecordedEvents events = new RecordedEvents();

  @AfterEach
  void closeVertx() throws Exception {
    Results.result(vertx.close());
  }

  @Test
  void aDeadlineThatIsTooShortForWhatIsHereRaisesAnAlarm() throws Exception {
    Tailrace pool =
        Tailrace.builder(vertx)
            .identity(PoolIdentity.of("orders", "a"))
            .drain(DrainConfig.within(DEADLINE))
            .events(events)
            .add(
                Pipeline.named("orders")
                    .source(broker)
                    .limits(new PipelineLimits(1, 2_048, 64L << 20, 512))
                    .handle(
                        (message, context) ->
                            vertx.timer(200, TimeUnit.MILLISECONDS).map(slept -> Outcome.done()))
                    .build())
            .build();
    Results.result(pool.start());

    broker.produce(0, 1_000); // one after the other, more than three minutes
    await().atMost(Duration.ofMinutes(1)).until(() -> events.count("alarm drain_too_long") == 1);

    PoolStatus.DrainOutlook outlook = Results.result(pool.status()).drain();
    assertThat(outlook.fits()).isFalse();
    assertThat(outlook.estimateMillis()).isGreaterThan(DEADLINE.toMillis());
    Results.result(pool.close());
  }
}
