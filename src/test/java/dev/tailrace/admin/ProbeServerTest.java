package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.PoolStatus;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbeServerTest {
  private final AtomicReference<ProbeServer> server = new AtomicReference<>();
  private final PoolUnderTest pool =
      new PoolUnderTest(
          vertx ->
              served -> {
                ListenAddress address = new ListenAddress("probes", "127.0.0.1", 0);
                ProbeServer made =
                    new ProbeServer(vertx, address, served, ProbeServerTest::received);
                server.set(made);
                return made;
              });

  @AfterEach
  void close() throws Exception {
    pool.close();
  }

  @Test
  void whileTheBrokerIsAwayItLivesAndIsNeitherStartedNorReady() throws Exception {
    Promise<Void> broker = Promise.promise();
    pool.broker().answer("open", broker.future());
    Future<?> starting = pool.pool().start();
    await().until(() -> Objects.requireNonNull(server.get()).port() > 0);

    assertThat(get("/livez")).isEqualTo(200);
    assertThat(get("/startupz")).isEqualTo(503);
    assertThat(get("/readyz")).isEqualTo(503);

    broker.complete();
    PoolUnderTest.result(starting);
    assertThat(get("/startupz")).isEqualTo(200);
    assertThat(get("/readyz")).isEqualTo(200);
  }

  @Test
  void fromTheFirstMomentOfADrainItLivesAndIsNotReady() throws Exception {
    pool.started();
    pool.broker().produce(0, 1);
    await().until(() -> metrics().body().equals("received 1"));

    var unused = pool.pool().drain(new Trigger(Trigger.Kind.SIGTERM, "SIGTERM"));

    assertThat(get("/readyz")).isEqualTo(503);
    assertThat(get("/livez")).isEqualTo(200);
    assertThat(get("/startupz")).isEqualTo(200);
    assertThat(pool.pool().state()).isEqualTo(State.DRAINING);
  }

  @Test
  void aPausedPoolIsReady() throws Exception {
    pool.started();
    PoolUnderTest.result(pool.pool().pause("test"));

    assertThat(get("/readyz")).isEqualTo(200);
  }

  @Test
  void everyScrapeTakesTheNumbersOfNow() throws Exception {
    pool.started();
    assertThat(metrics().body()).isEqualTo("received 0");

    pool.broker().produce(0, 5);

    await().untilAsserted(() -> assertThat(metrics().body()).isEqualTo("received 5"));
    assertThat(metrics().headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/plain; version=0.0.4");
  }

  private static String received(PoolStatus status) {
    return "received " + status.pipelines().get(0).counts().received();
  }

  private HttpResponse<String> metrics() throws Exception {
    return pool.get(Objects.requireNonNull(server.get()).port(), "/metrics");
  }

  private int get(String path) throws Exception {
    return pool.get(Objects.requireNonNull(server.get()).port(), path).statusCode();
  }
}
