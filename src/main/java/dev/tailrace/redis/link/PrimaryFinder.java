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
import io.vertx.redis.client.Response;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks sentinels which server is the primary: all of them at once, so that one that is frozen or
 * cut off holds nothing up, and believes what most of those say that answer in time. Belongs to its
 * loop.
 */
final class PrimaryFinder {
  private final Vertx vertx;
  private final Loop loop;
  private final RedisConfig config;

  PrimaryFinder(Vertx vertx, Loop loop, RedisConfig config) {
    this.vertx = vertx;
    this.loop = loop;
    this.config = config;
  }

  /**
   * The address of the primary; decided when more than half agree, or all have answered or run out
   * of time. Fails where nobody names one; with {@link UnfitException} where all that answer have
   * never heard of it.
   */
  Future<String> find() {
    Poll poll = new Poll(config.servers().urls().size());
    config.servers().urls().forEach(sentinel -> ask(sentinel, poll));
    return poll.result.future();
  }

  private void ask(String sentinel, Poll poll) {
    Redis client = Redis.createClient(vertx, config.sentinelOptions(sentinel));
    Request question =
        Request.cmd(Command.SENTINEL)
            .arg("GET-MASTER-ADDR-BY-NAME")
            .arg(config.servers().primary());
    TimeLimit.await(
        loop,
        () -> client.connect().compose(connection -> connection.send(question)),
        config.timeout(),
        new TimeLimit.Ends<>(
            answer -> {
              Future<Void> unused = client.close();
              if (answer.succeeded()) {
                poll.named(address(answer.result()));
              } else {
                poll.failed(who(sentinel), answer.cause());
              }
            },
            () -> {
              Future<Void> unused = client.close();
              poll.failed(who(sentinel), new TimeoutException("no answer"));
            },
            late -> {}));
  }

  private String who(String sentinel) {
    return "sentinel " + config.servers().address(sentinel);
  }

  /** Null where a sentinel does not know the name. */
  private @Nullable String address(@Nullable Response answer) {
    return answer == null || answer.size() != 2
        ? null
        : config.servers().url(answer.get(0).toString(), answer.get(1).toInteger());
  }

  /** What has been said so far. All fields belong to the event loop. */
  private final class Poll {
    private final int asked;
    private final Promise<String> result = Promise.promise();
    private final Map<String, Integer> votes = new HashMap<>();
    private final List<String> failures = new ArrayList<>();
    private @Nullable Throwable refusal; // the last one that another try would not change
    private int strangers; // who do not know the name

    Poll(int asked) {
      this.asked = asked;
    }

    void named(@Nullable String address) {
      if (address == null) {
        strangers++;
        failures.add("unknown there");
      } else if (votes.merge(address, 1, Integer::sum) > asked / 2) {
        result.tryComplete(address);
      }
      count();
    }

    void failed(String who, Throwable cause) {
      failures.add(who + ": " + cause.getMessage());
      refusal = ServerError.isUnfit(cause) ? cause : refusal;
      count();
    }

    private void count() {
      int named = votes.values().stream().mapToInt(Integer::intValue).sum();
      if (named + failures.size() < asked) {
        return;
      }
      Throwable none =
          new ConnectException("no sentinel names " + config.servers().primary() + ": " + failures);
      if (refusal != null) {
        none = refusal;
      } else if (strangers == failures.size()) {
        none = new UnfitException(config + ": its sentinels know no primary of that name");
      }
      votes.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(Map.Entry::getKey)
          .ifPresentOrElse(result::tryComplete, failing(none));
    }

    private Runnable failing(Throwable cause) {
      return () -> result.tryFail(cause);
    }
  }
}
