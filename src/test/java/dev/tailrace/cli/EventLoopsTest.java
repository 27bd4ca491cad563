package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class EventLoopsTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void theyWaitByTheCallsOfTheSystem() throws TimeoutException {
    Vertx vertx = Vertx.vertx(EventLoops.options());

    assertThat(vertx.isNativeTransportEnabled())
        .as("%s", vertx.unavailableNativeTransportCause())
        .isTrue();

    vertx.close().await(60, TimeUnit.SECONDS);
  }
}
