package dev.tailrace.admin;

import dev.tailrace.app.PoolStatus;
import dev.tailrace.app.Tailrace;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.State;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * GET {@code /livez}, {@code /readyz}, {@code /startupz} and {@code /metrics}, for everyone who
 * reaches the port. Liveness never asks a broker: one that is away is no reason to be killed.
 */
public final class ProbeServer implements Resource {
  /** What a scrape waits for the loops; past it, it shows the numbers they gave last. */
  private static final Duration LONGEST_SNAPSHOT = Duration.ofSeconds(2);

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final Tailrace pool;
  private final Scrape scrape;
  private final Listener listener;
  private volatile @Nullable PoolStatus lastStatus; // written by scrapes

  /** Serves {@code pool}; listens from its start. */
  public ProbeServer(Vertx vertx, ListenAddress address, Tailrace pool, Scrape scrape) {
    this.vertx = vertx;
    this.pool = pool;
    this.scrape = scrape;
    this.listener = new Listener(vertx, address);
  }

  @Override
  public String name() {
    return "probes";
  }

  /** Completes when it listens; fails with {@link ListenException}. */
  @Override
  public Future<Void> start() {
    Router router = Router.router(vertx);
    router.get("/livez").handler(request -> probe(request, pool.state() != State.FAILED));
    router.get("/readyz").handler(request -> probe(request, pool.ready()));
    router.get("/startupz").handler(request -> probe(request, pool.state() != State.STARTING));
    router.get("/metrics").handler(this::metrics);
    Replies.problems(router);
    return listener.start(router);
  }

  @Override
  public Future<Void> stop(Duration deadline) {
    return listener.stop(deadline);
  }

  /** Where it is reached, once it has started: {@code http://127.0.0.1:9464}. */
  public String url() {
    return listener.url();
  }

  /** The port it listens on; -1 before its start. */
  public int port() {
    return listener.port();
  }

  private void probe(RoutingContext request, boolean good) {
    JsonObject body = new JsonObject().put("ok", good).put("state", pool.state().label());
    Replies.json(request, good ? 200 : 503, body);
  }

  private void metrics(RoutingContext request) {
    pool.status()
        .timeout(LONGEST_SNAPSHOT.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(status -> lastStatus = status)
        .otherwise(failure -> lastStatus)
        .onSuccess(status -> page(request, status));
  }

  private void page(RoutingContext request, @Nullable PoolStatus status) {
    if (status == null) {
      Problem.of(503, "the pool has not told its numbers yet").send(request);
      return;
    }
    Replies.text(request, PROMETHEUS, scrape.page(status));
  }
}
