package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.redis.stream.RedisDelivery.State;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shows the group three times per {@code claim-idle} that everything in hand (buffered, running,
 * parked) is alive, and finds out what is no longer ours. Belongs to the source's loop.
 */
final class Renewal {
  private static final int MOST_IDS = 500;
  private static final RedisScript HOLD = RedisScript.load(Renewal.class, "hold.lua");

  private final StreamGroup group;
  private final Arrivals arrivals;
  private final Collection<ConsumedStream> streams;
  private @Nullable Timer tick; // event loop only
  private final Map<ConsumedStream, Integer> requests = new HashMap<>(); // event loop only: so many

  /** What a renewal found: ids that are no longer ours, and ids that the stream has lost. */
  private record Found(List<String> stolen, List<String> gone) {}

  Renewal(StreamGroup group, Arrivals arrivals, Collection<ConsumedStream> streams) {
    this.group = group;
    this.arrivals = arrivals;
    this.streams = streams;
  }

  void start() {
    Duration third = group.config().claimIdle().dividedBy(3);
    tick =
        group
            .loop()
            .after(
                third,
                () -> {
                  renew();
                  start();
                });
  }

  void stop() {
    if (tick != null) {
      tick.cancel();
    }
  }

  /** Renews everything in hand now, save of streams of which that is under way. */
  void renew() {
    for (ConsumedStream stream : streams) {
      List<RedisDelivery> held = requests.containsKey(stream) ? List.of() : stream.renewable();
      for (int from = 0; from < held.size(); from += MOST_IDS) {
        renew(stream, held.subList(from, Math.min(held.size(), from + MOST_IDS)));
      }
    }
  }

  private void renew(ConsumedStream stream, List<RedisDelivery> held) {
    RedisScript.Call call = HOLD.call().key(stream.name()).arg(group.name()).arg(group.consumer());
    Map<String, RedisDelivery> byId = new HashMap<>(2 * held.size());
    for (RedisDelivery delivery : held) {
      String id = delivery.position().position();
      byId.put(id, delivery);
      call.arg(id);
    }
    requests.merge(stream, 1, Integer::sum);
    long askedAt = group.loop().nanos();
    Future<Reply<Found>> answer = group.commands(stream).run(call, Renewal::found);
    answer.onSuccess(
        reply -> {
          requests.computeIfPresent(stream, (its, number) -> number == 1 ? null : number - 1);
          if (reply instanceof Reply.Ok<Found> ok) {
            apply(byId, ok.value(), askedAt);
          } else if (reply instanceof Reply.Failed<Found> failed) {
            group.refused(stream, failed.cause());
          }
        });
  }

  private void apply(Map<String, RedisDelivery> byId, Found found, long askedAt) {
    Set<String> others = new HashSet<>(found.stolen());
    others.addAll(found.gone());
    byId.forEach(
        (id, delivery) -> {
          if (!others.contains(id)) {
            delivery.renewed(askedAt);
          }
        });
    List<RedisDelivery> stolen = new ArrayList<>();
    List<String> passedOn = new ArrayList<>(found.stolen());
    if (group.form().isClearedWhenFinished()) {
      passedOn.addAll(found.gone());
    }
    for (String id : passedOn) {
      RedisDelivery delivery = byId.get(id);
      // What was settled meanwhile is acknowledged already, and so pending for nobody.
      if (delivery != null && delivery.state() == State.HELD && !delivery.isMoving()) {
        stolen.add(delivery);
      }
    }
    if (!group.form().isClearedWhenFinished()) {
      found.gone().stream()
          .map(byId::get)
          .filter(Objects::nonNull)
          .forEach(delivery -> delivery.found(State.GONE));
    }
    if (!stolen.isEmpty()) {
      arrivals.stolen(stolen);
    }
  }

  private static Found found(@Nullable Response response) {
    if (response == null) {
      throw new IllegalStateException("a renewal without an answer");
    }
    return new Found(texts(response.get(0)), texts(response.get(1)));
  }

  private static List<String> texts(Response list) {
    List<String> texts = new ArrayList<>(list.size());
    list.forEach(text -> texts.add(text.toString()));
    return texts;
  }
}
