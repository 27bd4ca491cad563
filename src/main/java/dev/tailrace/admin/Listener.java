package dev.tailrace.admin;

import dev.tailrace.config.PemTls;
import dev.tailrace.lifecycle.JoinableStop;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.tracing.TracingPolicy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP server with the bounds that all of ours have. Thread-safe; started once. Stopping it
 * before its start or twice is fine.
 */
final class Listener {
  /** The most bytes of all headers of a request, and of its first line. */
  static final int HEADER_BYTES = 8_192;

  private static final int LINE_BYTES = 4_096;
  private static final int IDLE_SECONDS = 360;
  private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  private final Vertx vertx;
  private final ListenAddress address;
  private final JoinableStop<Void> stopping = new JoinableStop<>();
  private volatile @Nullable HttpServer server; // written by start()

  Listener(Vertx vertx, ListenAddress address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Completes when it listens; fails with {@link ListenException}. */
  Future<Void> start(Handler<HttpServerRequest> requests) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(address.host())
            .setPort(address.port())
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(HEADER_BYTES)
            .setMaxInitialLineLength(LINE_BYTES)
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setTracingPolicy(TracingPolicy.IGNORE); // each probe would be a trace
    if (address.tls().hasIdentity()) {
      ServerTls.apply(address.tls(), options);
    }
    HttpServer listening = vertx.createHttpServer(options);
    server = listening;
    return listening
        .requestHandler(requests)
        .listen()
        .onSuccess(bound -> LOG.info("{} listens on {}", address.setting(), url()))
        .recover(failure -> Future.failedFuture(new ListenException(address, failure)))
        .mapEmpty();
  }

  /**
   * Has it show another certificate, and ask for others: to connections that are made from then on.
   *
   * @return fails, and nothing has changed, where it does not listen or does not speak TLS
   */
  Future<Void> renew(PemTls tls) {
    HttpServer listening = server;
    if (listening == null || !address.tls().hasIdentity() || !tls.hasIdentity()) {
      return Future.failedFuture(
          new IllegalStateException(address.setting() + " does not listen by TLS"));
    }
    return listening.updateSSLOptions(ServerTls.options(tls)).mapEmpty();
  }

  /** The port it listens on; -1 before its start. */
  int port() {
    HttpServer listening = server;
    return listening == null ? -1 : listening.actualPort();
  }

  /** Where it is reached. */
  String url() {
    String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
    return (address.tls().hasIdentity() ? "https://" : "http://") + host + ":" + port();
  }

  /** Takes no more connections, lets requests under way end shortly, then closes. */
  Future<Void> stop(Duration deadline) {
    HttpServer listening = server;
    if (listening == null) {
      return Future.succeededFuture();
    }
    Duration farewell = deadline.compareTo(LONGEST_FAREWELL) < 0 ? deadline : LONGEST_FAREWELL;
    return stopping.begin(() -> listening.shutdown(farewell.toMillis(), TimeUnit.MILLISECONDS));
  }
}
