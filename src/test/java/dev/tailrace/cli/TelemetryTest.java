package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.admin.ListenAddress;
import dev.tailrace.admin.PoolUnderTest;
import dev.tailrace.admin.ProbeServer;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.lifecycle.Trigger;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TelemetryTest {
  private final Telemetry telemetry = Telemetry.open(PoolIdentity.of("test", "test-0"), null, null);
  private final AtomicReference<ProbeServer> server = new AtomicReference<>();
  private final PoolUnderTest pool =
      new PoolUnderTest(
          vertx ->
              served -> {
                ListenAddress address = new ListenAddress("probes", "127.0.0.1", 0);
                server.set(new ProbeServer(vertx, address, served, telemetry::page));
                return Objects.requireNonNull(server.get());
              });

  @AfterEach
  void close() throws Exception {
    pool.close();
    telemetry.close();
  }

  @Test
  void theCountsOfEveryScrapeAddUpBeforeAndDuringADrain() throws Exception {
    pool.started();
    assertAddsUp(0);
    pool.broker().produce(0, 500);
    await().until(() -> sum(page(), "tailrace_messages_received_total") == 500);
    assertAddsUp(500);

    var unused = pool.pool().drain(new Trigger(Trigger.Kind.SIGTERM, "SIGTERM"));
    assertAddsUp(500);

    assertThat(page()).contains("tailrace_messages_in_flight{", "stage=\"executing\"");
  }

  private void assertAddsUp(double received) throws Exception {
    String page = page();
    double parts =
        sum(page, "tailrace_messages_finished_total")
            + sum(page, "tailrace_messages_released_total")
            + sum(page, "tailrace_messages_abandoned_total")
            + sum(page, "tailrace_messages_in_flight");
    assertThat(sum(page, "tailrace_messages_received_total")).isEqualTo(parts).isEqualTo(received);
  }

  private String page() throws Exception {
    return pool.get(Objects.requireNonNull(server.get()).port(), "/metrics").body();
  }

  private static double sum(String page, String meter) {
    return page.lines()
        .filter(line -> line.startsWith(meter + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
