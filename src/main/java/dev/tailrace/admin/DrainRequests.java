package dev.tailrace.admin;

import static java.util.stream.Collectors.joining;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.Tailrace;
import dev.tailrace.config.Durations;
import dev.tailrace.lifecycle.DrainConfig.Strategy;
import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /drain}: begins the drain or joins it, and where {@code wait} asks for it answers
 * with the report. That answer comes just before the servers close, which is part of the drain: so
 * its report is not final.
 */
final class DrainRequests {
  /** How many may wait for the report at once; more are answered at once, without it. */
  static final int MOST_WAITING = 64;

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final Vertx vertx;
  private final Tailrace pool;
  private final Map<RoutingContext, Long> waiting = new LinkedHashMap<>(); // guarded by this

  DrainRequests(Vertx vertx, Tailrace pool) {
    this.vertx = vertx;
    this.pool = pool;
  }

  /**
   * What is asked for.
   *
   * @param patience how long to wait for the report; zero answers at once
   * @param strategy the strategy of the configuration where null
   */
  private record Wish(Duration patience, @Nullable Strategy strategy) {
    static Wish of(RoutingContext request) {
      String wait = request.queryParams().get("wait");
      String strategy = request.queryParams().get("strategy");
      Duration asked = wait == null ? Duration.ZERO : Durations.parse(wait);
      return new Wish(
          asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked,
          strategy == null ? null : strategy(strategy));
    }

    private static Strategy strategy(String label) {
      for (Strategy strategy : Strategy.values()) {
        if (strategy.label().equals(label)) {
          return strategy;
        }
      }
      throw new IllegalArgumentException(
          "strategy: '"
              + label
              + "' is unknown; allowed: "
              + Stream.of(Strategy.values()).map(Strategy::label).collect(joining(", ")));
    }
  }

  void handle(RoutingContext request) {
    Wish wish;
    try {
      wish = Wish.of(request);
    } catch (IllegalArgumentException malformed) {
      Problem.of(400, String.valueOf(malformed.getMessage())).send(request);
      return;
    }
    String by = "POST /drain from " + request.request().remoteAddress().hostAddress();
    Trigger trigger = new Trigger(Trigger.Kind.HTTP, by);
    Strategy strategy = wish.strategy();
    Future<DrainReport> unused =
        strategy == null ? pool.drain(trigger) : pool.drain(trigger, strategy);
    if (wish.patience().isZero() || !await(request, wish.patience())) {
      accepted(request);
      return;
    }
    request.response().closeHandler(gone -> forget(request));
    pool.drained().onSuccess(report -> answer(request));
  }

  /** Answers everyone who waits; completes when the answers are written. */
  Future<Void> answerAll() {
    List<RoutingContext> all;
    synchronized (this) {
      all = new ArrayList<>(waiting.keySet());
    }
    return Future.join(all.stream().map(this::answer).toList()).mapEmpty();
  }

  private Future<Void> answer(RoutingContext request) {
    Optional<DrainReport> report = pool.reportSoFar();
    if (report.isEmpty() || !forget(request)) {
      return Future.succeededFuture();
    }
    return Replies.json(request, 200, report.get().toJson());
  }

  private synchronized boolean await(RoutingContext request, Duration wait) {
    if (waiting.size() >= MOST_WAITING) {
      return false;
    }
    long timer =
        vertx.setTimer(
            wait.toMillis(),
            passed -> {
              if (forget(request)) {
                accepted(request);
              }
            });
    waiting.put(request, timer);
    return true;
  }

  /** Whether it still waited for an answer. */
  private synchronized boolean forget(RoutingContext request) {
    Long timer = waiting.remove(request);
    if (timer != null) {
      vertx.cancelTimer(timer);
    }
    return timer != null;
  }

  private void accepted(RoutingContext request) {
    request.response().putHeader("Location", "/drain");
    Replies.json(request, 202, new JsonObject().put("state", pool.state().label()));
  }
}
