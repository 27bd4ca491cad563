package dev.tailrace.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tailrace.app.ReloadException;
import dev.tailrace.app.Tailrace;
import dev.tailrace.lifecycle.DrainProgress;
import dev.tailrace.lifecycle.Phase;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.State;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
  private static final String CONFIG = "name: workers\npassword: '***'\n";

  private final Deque<Future<JsonObject>> reloads = new ConcurrentLinkedDeque<>();
  private final RunningConfig running =
      new RunningConfig() {
        @Override
        public String yaml() {
          return CONFIG;
        }

        @Override
        public Future<JsonObject> reload(String by) {
          return reloads.removeFirst();
        }
      };
  private final AtomicReference<AdminServer> server = new AtomicReference<>();
  private final PoolUnderTest pool =
      new PoolUnderTest(vertx -> served -> remembered(vertx, served, 0));

  @AfterEach
  void close() throws Exception {
    pool.close();
  }

  @Test
  void itTellsTheStatusToEveryone() throws Exception {
    pool.started();
    pool.broker().produce(0, 3);
    await().until(() -> executing() == 3);

    JsonObject status = new JsonObject(get("/status").body());

    assertThat(status.getString("name")).isEqualTo("workers");
    assertThat(status.getString("state")).isEqualTo("running");
    assertThat(status.getJsonArray("pipelines").getJsonObject(0).getString("name"))
        .isEqualTo("orders");
  }

  @Test
  void itTellsTheMaskedConfiguration() throws Exception {
    pool.started();

    assertThat(get("/config").body()).isEqualTo(CONFIG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/drain", "/pause", "/resume", "/pipelines/orders/pause", "/reload", "/nothing"})
  void noPostWithoutTheTokenGetsAnywhere(String path) throws Exception {
    pool.started();

    HttpResponse<String> without =
        pool.send(PoolUnderTest.request(port(), path).POST(BodyPublishers.noBody()));
    HttpResponse<String> wrong =
        pool.send(
            PoolUnderTest.request(port(), path)
                .header("Authorization", "Bearer wrong")
                .POST(BodyPublishers.noBody()));

    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(without.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
    assertProblem(without);
    assertThat(pool.pool().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void itPausesAndResumesThePool() throws Exception {
    pool.started();

    assertThat(post("/pause").statusCode()).isEqualTo(200);
    assertThat(pool.pool().state()).isEqualTo(State.PAUSED);

    assertThat(post("/resume").statusCode()).isEqualTo(200);
    assertThat(pool.pool().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aPauseThatHasToWaitForRunningWorkIsAcceptedAndGoesOn() throws Exception {
    pool.started();
    pool.broker().produce(0, 1);
    await().until(() -> executing() == 1);

    HttpResponse<String> accepted = post("/pause");

    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Location")).hasValue("/status");
    assertThat(pool.pool().state()).isEqualTo(State.PAUSED);
  }

  @Test
  void itPausesOnePipelineAndKnowsNoOther() throws Exception {
    pool.started();

    assertThat(post("/pipelines/orders/pause").statusCode()).isEqualTo(200);
    assertThat(post("/pipelines/orders/resume").statusCode()).isEqualTo(200);
    HttpResponse<String> unknown = post("/pipelines/others/pause");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(assertProblem(unknown).getString("detail")).contains("others");
  }

  @Test
  void aDrainIsAcceptedAndNamesWhereItsReportIs() throws Exception {
    pool.started();
    pool.broker().produce(0, 1);
    await().until(() -> executing() == 1);
    HttpResponse<String> before = get("/drain");

    HttpResponse<String> accepted = post("/drain");
    HttpResponse<String> during = get("/drain");

    assertThat(before.statusCode()).isEqualTo(404);
    assertProblem(before);
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Location")).hasValue("/drain");
    assertThat(new JsonObject(during.body()).getBoolean("final")).isFalse();
    assertThat(new JsonObject(during.body()).getString("trigger")).isEqualTo("http");
  }

  @Test
  void whileItDrainsAPauseIsAConflictThatNamesTheLegalMoves() throws Exception {
    pool.started();
    pool.broker().produce(0, 1);
    await().until(() -> executing() == 1);
    post("/drain");

    HttpResponse<String> conflict = post("/pause");

    assertThat(conflict.statusCode()).isEqualTo(409);
    assertThat(assertProblem(conflict).getJsonArray("legalMoves")).contains("stopped", "failed");
  }

  @Test
  void whoWaitsForTheDrainGetsTheReportBeforeTheServerCloses() throws Exception {
    pool.started();
    pool.broker().produce(0, 2);
    await().until(() -> executing() == 2);
    post("/drain");

    CompletableFuture<HttpResponse<String>> waiting =
        CompletableFuture.supplyAsync(() -> unchecked("/drain?wait=30s"));
    await()
        .until(
            () -> pool.pool().progress().map(DrainProgress::current).orElse(null) == Phase.DRAIN);
    pool.release();
    HttpResponse<String> answer = waiting.get(60, TimeUnit.SECONDS);

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonObject report = new JsonObject(answer.body());
    assertThat(report.getString("result")).isEqualTo("clean");
    assertThat(report.getBoolean("final")).isFalse();
    assertThat(report.getJsonObject("messages").getJsonObject("finished").getInteger("done"))
        .isEqualTo(2);
  }

  @Test
  void whoWaitsTooShortIsToldToLookLater() throws Exception {
    pool.started();
    pool.broker().produce(0, 1);
    await().until(() -> executing() == 1);

    HttpResponse<String> answer = post("/drain?wait=50ms");

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.headers().firstValue("Location")).hasValue("/drain");
  }

  @Test
  void anImmediateDrainDoesNotWaitForWorkThatIgnoresIt() throws Exception {
    pool.started();
    pool.broker().produce(0, 1);
    await().until(() -> executing() == 1);

    HttpResponse<String> answer = post("/drain?strategy=immediate&wait=30s");

    JsonObject report = new JsonObject(answer.body());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(report.getString("strategy")).isEqualTo("immediate");
    assertThat(report.getString("result")).isEqualTo("incomplete");
    assertThat(report.getInteger("exitCode")).isEqualTo(4);
    assertThat(report.getJsonObject("messages").getJsonObject("abandoned").getInteger("count"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/drain?wait=30", "/drain?wait=soon", "/drain?strategy=gently"})
  void aMalformedWishIsRefusedAndDrainsNothing(String path) throws Exception {
    pool.started();

    HttpResponse<String> refused = post(path);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertProblem(refused);
    assertThat(pool.pool().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void whatIsNotThereIsAProblem() throws Exception {
    pool.started();

    assertThat(assertProblem(get("/nothing")).getInteger("status")).isEqualTo(404);
    assertThat(assertProblem(post("/nothing")).getInteger("status")).isEqualTo(404);
    assertThat(assertProblem(get("/pause")).getInteger("status")).isEqualTo(405);
  }

  @Test
  void bodiesAndHeadersAreBounded() throws Exception {
    pool.started();

    HttpResponse<String> body =
        pool.send(authorized("/pause").POST(BodyPublishers.ofString("x".repeat(100_000))));
    HttpResponse<String> header =
        pool.send(
            PoolUnderTest.request(port(), "/status").header("X-Long", "x".repeat(20_000)).GET());

    assertThat(body.statusCode()).isEqualTo(413);
    assertThat(header.statusCode()).isEqualTo(431);
    assertThat(pool.pool().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aReloadIsAnsweredWithWhatHasChangedOrWithEveryReasonWhyNot() throws Exception {
    pool.started();
    reloads.add(Future.succeededFuture(new JsonObject().put("generation", 2)));
    for (ReloadException.Kind kind : ReloadException.Kind.values()) {
      reloads.add(Future.failedFuture(new ReloadException(kind, List.of("one", "two"))));
    }

    HttpResponse<String> done = post("/reload");
    HttpResponse<String> refused = post("/reload");

    assertThat(done.statusCode()).isEqualTo(200);
    assertThat(new JsonObject(done.body()).getInteger("generation")).isEqualTo(2);
    assertThat(refused.statusCode()).isEqualTo(422);
    assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(new JsonObject(refused.body()).getJsonArray("errors")).containsExactly("one", "two");
    assertThat(post("/reload").statusCode()).as("untimely").isEqualTo(409);
    assertThat(post("/reload").statusCode()).as("failed").isEqualTo(500);
    assertThat(get("/config").body()).isEqualTo(CONFIG);
  }

  @Test
  void aPortInUseFailsTheStartAndNamesItsSetting() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        PoolUnderTest second =
            new PoolUnderTest(vertx -> served -> server(vertx, served, taken.getLocalPort()))) {
      assertThatThrownBy(second::started)
          .hasCauseInstanceOf(ListenException.class)
          .hasMessageContaining("admin.port")
          .hasMessageContaining(Integer.toString(taken.getLocalPort()));
    }
  }

  private Resource remembered(Vertx vertx, Tailrace served, int port) {
    AdminServer made = server(vertx, served, port);
    server.set(made);
    return made;
  }

  private AdminServer server(Vertx vertx, Tailrace served, int port) {
    ListenAddress address = new ListenAddress("admin", "127.0.0.1", port);
    return new AdminServer(vertx, address, served, AdminToken.of("s3cret"), running);
  }

  private int port() {
    return Objects.requireNonNull(server.get()).port();
  }

  private long executing() throws Exception {
    return PoolUnderTest.result(pool.pool().counts()).values().stream()
        .mapToLong(counts -> counts.executing())
        .sum();
  }

  private HttpResponse<String> get(String path) throws Exception {
    return pool.get(port(), path);
  }

  private HttpResponse<String> post(String path) throws Exception {
    return pool.send(authorized(path).POST(BodyPublishers.noBody()));
  }

  private HttpResponse<String> unchecked(String path) {
    try {
      return post(path);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  private HttpRequest.Builder authorized(String path) {
    return PoolUnderTest.request(port(), path).header("Authorization", "Bearer s3cret");
  }

  private static JsonObject assertProblem(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonObject problem = new JsonObject(response.body());
    assertThat(problem.getInteger("status")).isEqualTo(response.statusCode());
    assertThat(problem.getString("title")).isNotBlank();
    assertThat(problem.getString("detail")).isNotBlank();
    return problem;
  }
}
