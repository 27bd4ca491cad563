package dev.tailrace.redis.link;

import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks servers of a cluster who has which slots: all of them at once, so that one that is frozen or
 * cut off holds nothing up, and believes what most of those say that answer in time. What they say
 * may be old all the same; then a server that has lost a slot tells. Belongs to its loop.
 */
final class SlotMapFinder {
  /** Servers asked at once. */
  private static final int MOST_ASKED = 16;

  private final Vertx vertx;
  private final Loop loop;
  private final RedisConfig config;
  private @Nullable Future<SlotMap> underWay; // event loop only

  SlotMapFinder(Vertx vertx, Loop loop, RedisConfig config) {
    this.vertx = vertx;
    this.loop = loop;
    this.config = config;
  }

  Vertx vertx() {
    return vertx;
  }

  Loop loop() {
    return loop;
  }

  RedisConfig config() {
    return config;
  }

  /**
   * The map; decided when more than half agree, or all have answered or run out of time. Fails
   * where nobody has one; with {@link UnfitException} where one refuses us, or is of no cluster,
   * and nobody has a map.
   *
   * <p>Who asks while others are being answered gets their answer.
   *
   * @param known servers of the cluster beside those of the configuration
   */
  Future<SlotMap> find(Collection<String> known) {
    Future<SlotMap> now = underWay;
    if (now == null || now.isComplete()) {
      now = ask(known);
      underWay = now;
    }
    return now;
  }

  private Future<SlotMap> ask(Collection<String> known) {
    Set<String> asked = new LinkedHashSet<>(known);
    config.servers().urls().forEach(url -> asked.add(config.servers().withPort(url)));
    List<String> some = asked.stream().limit(MOST_ASKED).toList();
    Poll poll = new Poll(some.size());
    some.forEach(server -> ask(server, poll));
    return poll.result.future();
  }

  private void ask(String server, Poll poll) {
    Redis client = Redis.createClient(vertx, config.options(server));
    Request question = Request.cmd(Command.CLUSTER).arg("SLOTS");
    TimeLimit.await(
        loop,
        () ->
            client
                .connect()
                .compose(connection -> connection.send(question))
                .map(answer -> SlotMap.parse(answer, config.servers(), server)),
        config.timeout(),
        new TimeLimit.Ends<>(
            answer -> {
              Future<Void> unused = client.close();
              if (answer.succeeded()) {
                poll.said(answer.result());
              } else {
                poll.failed(server, answer.cause());
              }
            },
            () -> {
              Future<Void> unused = client.close();
              poll.failed(server, new TimeoutException("no answer"));
            },
            late -> {}));
  }

  /** What has been said so far. All fields belong to the event loop. */
  private final class Poll {
    private final int asked;
    private final Promise<SlotMap> result = Promise.promise();
    private final Map<SlotMap, Integer> votes = new HashMap<>();
    private final List<String> failures = new ArrayList<>();
    private @Nullable Throwable refusal; // the last one that another try would not change
    private int answered;

    Poll(int asked) {
      this.asked = asked;
    }

    /** One that has not met the others yet, or has forgotten them, knows of no slots. */
    void said(SlotMap map) {
      if (map.primaries().isEmpty()) {
        failures.add("no slots there");
      } else if (votes.merge(map, 1, Integer::sum) > asked / 2) {
        result.tryComplete(map);
      }
      count();
    }

    void failed(String server, Throwable cause) {
      failures.add(config.servers().address(server) + ": " + cause.getMessage());
      if (ServerError.isUnfit(cause) || ServerError.is(cause, "ERR This instance has cluster")) {
        refusal = cause;
      }
      count();
    }

    private void count() {
      answered++;
      if (answered < asked) {
        return;
      }
      votes.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .ifPresentOrElse(result::tryComplete, () -> result.tryFail(none()));
    }

    private Throwable none() {
      return refusal == null
          ? new ConnectException("nobody knows the slots of " + config + ": " + failures)
          : new UnfitException(config + " refuses us: " + refusal.getMessage(), refusal);
    }
  }
}
