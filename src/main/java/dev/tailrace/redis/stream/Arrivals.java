package dev.tailrace.redis.stream;

import dev.tailrace.observe.Alarm;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.redis.stream.RedisDelivery.State;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way of entries into the pool: each becomes a delivery, unless it is in hand already or
 * was deleted at the source. Belongs to the source's loop.
 */
final class Arrivals {
  private static final RedisScript DELIVERIES = RedisScript.load(Arrivals.class, "deliveries.lua");
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  private final StreamGroup group;
  private final Intake intake;
  private final @Nullable StartCounts starts; // null where something else that lasts counts them

  Arrivals(StreamGroup group, Intake intake) {
    this.group = group;
    this.intake = intake;
    int underWay = intake.forgottenStarts();
    this.starts =
        underWay > 0 ? new StartCounts(group, new EntrySuspicion(group.loop(), underWay)) : null;
  }

  /**
   * Hands entries to the pool; while the source closes, they are released at once and not counted
   * as received.
   *
   * @param askedAt when the request was sent that brought them, in nanos
   * @param counts the number that the server keeps beside an entry, see {@link DeliveryCount}
   */
  void deliver(
      ConsumedStream stream,
      List<StreamEntry> entries,
      long askedAt,
      ToIntFunction<StreamEntry> counts) {
    List<Delivery> batch = new ArrayList<>(entries.size());
    List<StreamEntry> deleted = new ArrayList<>();
    for (StreamEntry entry : entries) {
      Response fields = entry.fields();
      if (isNew(stream, entry)) {
        if (fields == null) {
          deleted.add(entry);
        } else {
          EntryForm.Read read = group.form().read(group.config().fields(), entry.origin(), fields);
          DeliveryCount count = DeliveryCount.of(counts.applyAsInt(entry));
          if (starts != null) {
            starts.suspicion().came(count);
          }
          int bytes = FieldMapping.bytes(fields);
          batch.add(stream.take(new Arrival(read, bytes, count, starts, askedAt)));
        }
      }
    }
    if (!deleted.isEmpty()) {
      forget(stream, deleted);
    }
    if (group.isClosing()) {
      batch.forEach(Delivery::release);
    } else if (!batch.isEmpty()) {
      intake.accept(batch);
    }
  }

  /**
   * Hands over entries that were delivered before, with the count of their deliveries; completes
   * when that is done.
   *
   * @param askedAt when the request was sent that brought them, in nanos
   */
  Future<Void> redeliver(ConsumedStream stream, List<StreamEntry> entries, long askedAt) {
    List<StreamEntry> fresh = entries.stream().filter(entry -> isNew(stream, entry)).toList();
    if (fresh.isEmpty()) {
      return Future.succeededFuture();
    }
    RedisScript.Call call = DELIVERIES.call().key(stream.name()).arg(group.name());
    fresh.forEach(entry -> call.arg(entry.origin().position()));
    return group
        .commands(stream)
        .run(call, Arrivals::counts)
        .onSuccess(
            reply -> {
              Map<StreamEntry, Integer> counts = new HashMap<>();
              if (reply instanceof Reply.Ok<List<Integer>> ok) {
                for (int i = 0; i < fresh.size(); i++) {
                  counts.put(fresh.get(i), ok.value().get(i));
                }
              }
              // Where the server does not say how often: before now, at least once.
              deliver(stream, fresh, askedAt, entry -> counts.getOrDefault(entry, 2));
            })
        .mapEmpty();
  }

  /** Entries that others have by now: what has not started is dropped by the pool. */
  void stolen(List<RedisDelivery> deliveries) {
    deliveries.forEach(delivery -> delivery.found(State.STOLEN));
    intake.lostDeliveries(List.copyOf(deliveries));
  }

  /** Counts entries that were deleted before they were finished. */
  void lost(ConsumedStream stream, int count, String first) {
    String detail =
        count
            + " pending "
            + (count == 1 ? "entry was" : "entries were")
            + " deleted at the source before being finished, the first "
            + first;
    LOG.warn("stream {}: {}", stream.name(), detail);
    group
        .environment()
        .events()
        .alarm(group.environment().pipeline(), stream.name(), Alarm.SOURCE_LOSS, detail);
  }

  private static List<Integer> counts(@Nullable Response response) {
    List<Integer> counts = new ArrayList<>();
    if (response != null) {
      response.forEach(count -> counts.add(Math.max(1, count.toInteger())));
    }
    return counts;
  }

  private static boolean isNew(ConsumedStream stream, StreamEntry entry) {
    RedisDelivery held = stream.held(entry.origin());
    if (held != null) {
      held.found(State.HELD);
    }
    return held == null;
  }

  /** Nobody can work on what is no longer there; it only keeps the pending list from ending. */
  private void forget(ConsumedStream stream, List<StreamEntry> deleted) {
    lost(stream, deleted.size(), deleted.get(0).origin().position());
    Request request = group.command(Command.XACK, stream);
    deleted.forEach(entry -> request.arg(entry.origin().position()));
    Future<?> unused = group.commands(stream).send(request, String::valueOf);
  }
}
