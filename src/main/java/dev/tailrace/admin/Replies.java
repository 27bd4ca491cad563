package dev.tailrace.admin;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How both servers answer. */
final class Replies {
  private static final Logger LOG = LoggerFactory.getLogger(Replies.class);

  private Replies() {}

  static Future<Void> json(RoutingContext request, int status, JsonObject body) {
    return request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.encode() + "\n");
  }

  static Future<Void> text(RoutingContext request, String contentType, String body) {
    return request
        .response()
        .putHeader("Content-Type", contentType)
        .putHeader("Cache-Control", "no-store")
        .end(body);
  }

  /** Errors that no route has answered, all as problems. */
  static void problems(Router router) {
    router.errorHandler(
        404, request -> Problem.of(404, "there is no " + request.request().path()).send(request));
    router.errorHandler(
        405,
        request ->
            Problem.of(405, request.request().method() + " is not for " + request.request().path())
                .send(request));
    router.errorHandler(413, request -> Problem.of(413, "the body is too large").send(request));
    router.errorHandler(400, request -> Problem.of(400, "malformed request").send(request));
    router.errorHandler(500, Replies::failed);
  }

  private static void failed(RoutingContext request) {
    Throwable failure = request.failure();
    LOG.error("{} {} failed", request.request().method(), request.request().path(), failure);
    Problem.of(500, String.valueOf(failure)).send(request);
  }
}
