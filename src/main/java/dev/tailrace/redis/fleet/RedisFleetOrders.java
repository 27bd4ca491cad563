package dev.tailrace.redis.fleet;

import dev.tailrace.lifecycle.FleetOrders;
import dev.tailrace.redis.link.Lease;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Orders to a fleet in Redis: a list for each member, and a {@link Lease} for whoever leads, which
 * the script compares in the same step in which it takes an order. Belongs to its loop.
 */
final class RedisFleetOrders implements FleetOrders {
  /** A leader that gives no sign leads no longer than this. */
  private static final Duration LEAD = Duration.ofSeconds(15);

  private static final RedisScript ORDERS =
      RedisScript.load(RedisFleetOrders.class, "fleet-orders.lua");

  private final Link link;
  private final Loop loop;
  private final String fleet;
  private @Nullable Lease lease; // event loop only

  /**
   * Of one fleet.
   *
   * @param fleet the key of its list
   */
  RedisFleetOrders(Link link, Loop loop, String fleet) {
    this.link = link;
    this.loop = loop;
    this.fleet = fleet;
  }

  @Override
  public Future<Reply<Answer>> give(String member, String order, Duration good, boolean leading) {
    Lease held = lease;
    if (leading && held == null) {
      return Future.succeededFuture(Reply.ok(Answer.LED));
    }
    String holder = leading && held != null ? held.holder() : "";
    return link.run(
        call("give", member, order).arg(good.toMillis()).arg(holder).arg(MOST),
        answer -> Answer.valueOf(texts(answer).get(0).toUpperCase(Locale.ROOT)));
  }

  @Override
  public Future<Reply<List<Waiting>>> take(String member) {
    return link.run(
        call("take", member, "").arg(0).arg("").arg(MOST),
        answer -> {
          List<String> texts = texts(answer);
          List<Waiting> waiting = new ArrayList<>();
          for (int i = 0; i + 1 < texts.size(); i += 2) {
            Duration left = Duration.ofMillis(Long.parseLong(texts.get(i)));
            waiting.add(new Waiting(texts.get(i + 1), left));
          }
          return waiting;
        });
  }

  @Override
  public Future<Reply<Boolean>> done(String member, String order) {
    return link.run(call("done", member, order).arg(0).arg("").arg(MOST), answer -> true);
  }

  @Override
  public Future<Reply<String>> lead(Consumer<String> lost) {
    Lease asked =
        new Lease(
            link,
            loop,
            new Lease.Terms(leadKey(), Lease.holder(loop), LEAD),
            (any, why) -> lost.accept(why));
    lease = asked;
    return asked.acquire().map(RedisFleetOrders::leader);
  }

  private static Reply<String> leader(Reply<Lease.Grant> reply) {
    if (reply instanceof Reply.Ok<Lease.Grant> ok) {
      return Reply.ok(ok.value().isOurs() ? "" : ok.value().holder());
    }
    Throwable cause = Objects.requireNonNull(reply.cause());
    return reply.isUnknown() ? Reply.unknown(cause) : Reply.failed(cause);
  }

  @Override
  public Future<Reply<Boolean>> resign() {
    Lease held = lease;
    return held == null ? Future.succeededFuture(Reply.ok(false)) : held.release();
  }

  private String leadKey() {
    return fleet + ":lead";
  }

  private RedisScript.Call call(String what, String member, String order) {
    return ORDERS
        .call()
        .key(fleet + ":until")
        .key(fleet + ":orders:" + member)
        .key(leadKey())
        .arg(what)
        .arg(member)
        .arg(order);
  }

  private static List<String> texts(@Nullable Response all) {
    List<String> texts = new ArrayList<>();
    if (all != null) {
      all.forEach(one -> texts.add(one.toString()));
    }
    return texts;
  }
}
