package dev.tailrace.admin;

import dev.tailrace.app.ReloadException;
import dev.tailrace.lifecycle.IllegalMoveException;
import dev.tailrace.lifecycle.State;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * An error as {@code application/problem+json} (RFC 9457).
 *
 * @param status of HTTP
 * @param detail what happened and what to do about it
 * @param more further members
 */
record Problem(int status, String detail, JsonObject more) {
  static Problem of(int status, String detail) {
    return new Problem(status, detail, new JsonObject());
  }

  /** A conflict with the present state, naming the states that may follow it. */
  static Problem of(IllegalMoveException illegal) {
    JsonArray legal = new JsonArray();
    illegal.legal().stream().map(State::label).forEach(legal::add);
    return new Problem(
        409,
        String.valueOf(illegal.getMessage()),
        new JsonObject().put("state", illegal.from().label()).put("legalMoves", legal));
  }

  /** A configuration that was not taken over, with every reason. */
  static Problem of(ReloadException refused) {
    int status =
        switch (refused.kind()) {
          case REFUSED -> 422;
          case UNTIMELY -> 409;
          case FAILED -> 500;
        };
    return new Problem(
        status,
        String.valueOf(refused.getMessage()),
        new JsonObject().put("errors", new JsonArray(refused.errors())));
  }

  void send(RoutingContext request) {
    if (request.response().ended()) {
      return;
    }
    JsonObject body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", title(status))
            .put("status", status)
            .put("detail", detail)
            .put("instance", request.request().path());
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .end(body.mergeIn(more).encode());
  }

  private static String title(int status) {
    return switch (status) {
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 413 -> "Content Too Large";
      case 422 -> "Unprocessable Content";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}
