package dev.tailrace.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Posts JSON, at most three times within a bounded time, until somebody acknowledges it with a
 * status of 200 to 299. Thread-safe.
 */
final class Posting {
  /** So often at most. */
  static final int TRIES = 3;

  /** However much time there is, a receiver that is away costs no more than this. */
  static final Duration LONGEST = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Vertx vertx;
  private final HttpClient client;

  /** Each try was refused, or did not even reach anybody: it has not arrived. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private RefusedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  Posting(Vertx vertx) {
    this.vertx = vertx;
    this.client = vertx.createHttpClient();
  }

  /**
   * Completes when it is acknowledged; fails with what the last try came to, where nobody has by
   * the end of the budget. What had no answer may have arrived; that it has not, says {@link
   * RefusedException}.
   */
  Future<Void> post(URI url, Buffer body, Duration budget) {
    return post(url, Map.of(), body, budget);
  }

  /** As that, with more headers. */
  Future<Void> post(URI url, Map<String, String> headers, Buffer body, Duration budget) {
    Duration all = budget.compareTo(LONGEST) < 0 ? budget : LONGEST;
    long each = all.minus(PAUSE.multipliedBy(TRIES - 1L)).toMillis() / TRIES;
    RequestOptions where =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(url.toString())
            .putHeader("Content-Type", "application/json");
    headers.forEach(where::putHeader);
    return attempt(where, body, Math.max(each, 1), TRIES);
  }

  private Future<Void> attempt(RequestOptions where, Buffer body, long millis, int left) {
    return once(where, body)
        .timeout(millis, TimeUnit.MILLISECONDS)
        .recover(
            failure ->
                left == 1
                    ? Future.failedFuture(failure)
                    : pause()
                        .compose(rested -> attempt(where, body, millis, left - 1))
                        .recover(last -> Future.failedFuture(both(failure, last))));
  }

  /** The last one; but where one before had no answer, that it has not arrived is not known. */
  private static Throwable both(Throwable before, Throwable last) {
    return before instanceof RefusedException || !(last instanceof RefusedException)
        ? last
        : new IOException(last.getMessage(), last);
  }

  private Future<Void> once(RequestOptions where, Buffer body) {
    return client
        .request(new RequestOptions(where))
        .recover(
            away ->
                Future.failedFuture(new RefusedException(String.valueOf(away.getMessage()), away)))
        .compose(request -> request.send(body))
        .compose(
            response ->
                response.statusCode() / 100 == 2
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new RefusedException("HTTP " + response.statusCode(), null)));
  }

  private Future<Void> pause() {
    Promise<Void> rested = Promise.promise();
    vertx.setTimer(PAUSE.toMillis(), passed -> rested.complete());
    return rested.future();
  }

  /** An address as it may be told: without the path, which often is a secret. */
  static String shown(URI url) {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }
}
