package dev.tailrace.admin;

import dev.tailrace.app.Pipeline;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.app.Tailrace;
import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.message.Outcome;
import dev.tailrace.source.ManualBroker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A pool of one pipeline {@code orders} on a broker in memory, with a server in front of it. Its
 * handler holds every message until {@link #release}.
 */
public final class PoolUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Vertx vertx = Vertx.vertx();
  private final ManualBroker broker = new ManualBroker(1);
  private final Promise<Outcome> gate = Promise.promise();
  private final HttpClient http = HttpClient.newHttpClient();
  private final Tailrace pool;

  /** With what {@code server} makes in front. */
  public PoolUnderTest(Function<Vertx, Function<Tailrace, Resource>> server) {
    pool =
        Tailrace.builder(vertx)
            .identity(PoolIdentity.of("workers", "workers-0"))
            .add(
                Pipeline.named("orders")
                    .source(broker)
                    .handle((message, context) -> gate.future())
                    .build())
            .drain(DrainConfig.within(Duration.ofSeconds(20)))
            .server(server.apply(vertx))
            .build();
  }

  /** The pool. */
  public Tailrace pool() {
    return pool;
  }

  /** Its broker. */
  public ManualBroker broker() {
    return broker;
  }

  /** Starts it. */
  public PoolUnderTest started() throws Exception {
    result(pool.start());
    return this;
  }

  /** Lets all messages end, and what comes later at once. */
  public void release() {
    gate.tryComplete(Outcome.done());
  }

  /** Asks the server at {@code port}. */
  public HttpResponse<String> get(int port, String path) throws Exception {
    return send(request(port, path).GET());
  }

  /** Sends any request. */
  public HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Begins a request to the server at {@code port}. */
  public static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
  }

  /** Awaits a future; what it fails with is the cause of what is thrown. */
  public static <T> T result(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() throws Exception {
    release();
    result(pool.close());
    result(vertx.close());
  }
}
