package dev.tailrace.kafka;

import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AccessCheckTest {
  /** Much more than the limits of the check, much less than a client's patience with a broker. */
  private static final Duration SOON = Duration.ofSeconds(45);

  @Test
  void aBrokerThatHasFallenSilentHoldsTheCheckNoLongerThanItsLimits() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
      KafkaSourceConfig config =
          KafkaSourceConfig.of("127.0.0.1:" + silent.getLocalPort(), "workers", "orders");

      CompletableFuture<Void> checked =
          CompletableFuture.runAsync(
              () -> AccessCheck.reading(config, Set.of("orders"), Duration.ofMillis(100)));

      await().atMost(SOON).until(checked::isDone);
      checked.join();
    }
  }
}
