package dev.tailrace.admin;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.ReloadException;
import dev.tailrace.app.Tailrace;
import dev.tailrace.config.PemTls;
import dev.tailrace.lifecycle.IllegalMoveException;
import dev.tailrace.lifecycle.Resource;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * State and control over HTTP. Reading is free to everyone who reaches the port; every POST needs
 * the bearer token, on loopback too, since any web page can make a browser post there.
 */
public final class AdminServer implements Resource {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
  private static final long BODY_BYTES = 65_536;
  private static final Duration LONGEST_SNAPSHOT = Duration.ofSeconds(5);

  /** What a request to pause or resume waits for its end, before it is told to look later. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Tailrace pool;
  private final AdminToken token;
  private final RunningConfig config;
  private final Listener listener;
  private final DrainRequests drains;

  /**
   * Serves {@code pool}; listens from its start.
   *
   * @param config what it runs by
   */
  public AdminServer(
      Vertx vertx, ListenAddress address, Tailrace pool, AdminToken token, RunningConfig config) {
    this.vertx = vertx;
    this.pool = pool;
    this.token = token;
    this.config = config;
    this.listener = new Listener(vertx, address);
    this.drains = new DrainRequests(vertx, pool);
  }

  @Override
  public String name() {
    return "admin";
  }

  /** Completes when it listens; fails with {@link ListenException}. */
  @Override
  public Future<Void> start() {
    Router router = Router.router(vertx);
    router.route().handler(this::authorize);
    router.route().handler(BodyHandler.create(false).setBodyLimit(BODY_BYTES));
    router.get("/status").handler(this::status);
    router.get("/drain").handler(this::report);
    router
        .get("/config")
        .handler(request -> Replies.text(request, "application/yaml", config.yaml()));
    router.post("/drain").handler(drains::handle);
    router.post("/reload").handler(this::reload);
    router.post("/pause").handler(request -> answer(request, pool.pause(reason(request))));
    router.post("/resume").handler(request -> answer(request, pool.resume(reason(request))));
    router
        .post("/pipelines/:name/pause")
        .handler(request -> answer(request, pool.pausePipeline(named(request), reason(request))));
    router
        .post("/pipelines/:name/resume")
        .handler(request -> answer(request, pool.resumePipeline(named(request), reason(request))));
    Replies.problems(router);
    return listener
        .start(router)
        .onSuccess(listening -> token.file().ifPresent(file -> LOG.info("admin token: {}", file)));
  }

  /** Answers those who wait for the drain, then closes. */
  @Override
  public Future<Void> stop(Duration deadline) {
    return drains
        .answerAll()
        .transform(answered -> listener.stop(deadline))
        .onComplete(closed -> discardToken());
  }

  /** Where it is reached, once it has started: {@code http://127.0.0.1:9465}, or https. */
  public String url() {
    return listener.url();
  }

  /**
   * Has it show another certificate, and ask for others: to connections that are made from then on.
   *
   * @return fails, and nothing has changed, where it does not listen or does not speak TLS
   */
  public Future<Void> renew(PemTls tls) {
    return listener.renew(tls);
  }

  /** The port it listens on; -1 before its start. */
  public int port() {
    return listener.port();
  }

  private void authorize(RoutingContext request) {
    if (!request.request().method().equals(HttpMethod.POST)
        || token.admits(request.request().getHeader("Authorization"))) {
      request.next();
      return;
    }
    request.response().putHeader("WWW-Authenticate", "Bearer");
    String where =
        token.file().map(file -> "; it is in " + file.getFileName() + " on its host").orElse("");
    Problem.of(401, "POST needs 'Authorization: Bearer' with the admin token" + where)
        .send(request);
  }

  private void status(RoutingContext request) {
    pool.status()
        .timeout(LONGEST_SNAPSHOT.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(status -> Replies.json(request, 200, status.toJson()))
        .onFailure(failure -> Problem.of(503, "a loop does not answer: " + failure).send(request));
  }

  private void report(RoutingContext request) {
    Optional<DrainReport> report = pool.reportSoFar();
    if (report.isPresent()) {
      Replies.json(request, 200, report.get().toJson());
    } else {
      Problem.of(404, "no drain has begun; POST /drain begins one").send(request);
    }
  }

  /** 200 when all has moved; 422 where the configuration is refused, and the old one stays. */
  private void reload(RoutingContext request) {
    config
        .reload(reason(request))
        .onSuccess(changed -> Replies.json(request, 200, changed))
        .onFailure(
            failure -> {
              if (failure instanceof ReloadException refused) {
                Problem.of(refused).send(request);
              } else {
                request.fail(failure);
              }
            });
  }

  /** 200 when it is done, 202 where it goes on, and what forbids it as a problem. */
  private void answer(RoutingContext request, Future<Void> move) {
    move.timeout(LONGEST_PAUSE.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(done -> Replies.json(request, 200, state(true)))
        .onFailure(
            failure -> {
              if (failure instanceof IllegalMoveException illegal) {
                Problem.of(illegal).send(request);
              } else if (failure instanceof NoSuchElementException) {
                Problem.of(404, "there is no pipeline " + named(request)).send(request);
              } else if (failure instanceof TimeoutException) {
                request.response().putHeader("Location", "/status");
                Replies.json(request, 202, state(false));
              } else {
                request.fail(failure);
              }
            });
  }

  private JsonObject state(boolean done) {
    return new JsonObject().put("state", pool.state().label()).put("done", done);
  }

  private static String named(RoutingContext request) {
    return String.valueOf(request.pathParam("name"));
  }

  private static String reason(RoutingContext request) {
    return request.request().path() + " from " + request.request().remoteAddress().hostAddress();
  }

  private void discardToken() {
    try {
      token.discard();
    } catch (IOException failure) {
      LOG.warn("cannot remove {}", token, failure);
    }
  }
}
