package dev.tailrace.cli;

import dev.tailrace.message.Headers;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.VertxLoop;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Produces the demo's messages: a steady rate of orders and payments, an order sent twice now and
 * then, and one payload that nobody can read. Belongs to its event loop.
 */
final class DemoLoad extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(DemoLoad.class);
  private static final long TICK_MILLIS = 50;
  private static final int ORDERS_PER_TICK = 15;
  private static final int PAYMENTS_PER_TICK = 5;
  private static final int CUSTOMERS = 60;
  private static final int SENT_TWICE_EVERY = 100;
  private static final long POISON_AT = 1_000;

  private final SinkFactory orders;
  private final SinkFactory payments;
  private final AtomicLong acknowledged = new AtomicLong();
  private final List<Lane> lanes = new ArrayList<>(); // event loop only

  DemoLoad(SinkFactory orders, SinkFactory payments) {
    this.orders = orders;
    this.payments = payments;
  }

  /** How many messages the brokers have acknowledged; safe on any thread. */
  long acknowledged() {
    return acknowledged.get();
  }

  @Override
  public Future<?> start() {
    Loop loop = new VertxLoop();
    lanes.add(new Lane("order", orders.sink(loop), ORDERS_PER_TICK));
    lanes.add(new Lane("payment", payments.sink(loop), PAYMENTS_PER_TICK));
    return Future.join(lanes.stream().map(lane -> lane.sink.open()).toList())
        .onSuccess(open -> vertx.setPeriodic(TICK_MILLIS, tick -> lanes.forEach(Lane::send)));
  }

  @Override
  public Future<?> stop() {
    return Future.join(lanes.stream().map(Lane::close).toList());
  }

  /** One destination and what goes there; event loop only. */
  private final class Lane {
    private final String noun;
    private final Sink sink;
    private final int perTick;
    private long number;
    private Future<?> sending = Future.succeededFuture();

    Lane(String noun, Sink sink, int perTick) {
      this.noun = noun;
      this.sink = sink;
      this.perTick = perTick;
    }

    /** One batch at a time: a broker that is slow slows the load and fills no memory. */
    void send() {
      if (!sending.isComplete()) {
        return;
      }
      List<OutgoingMessage> batch = new ArrayList<>();
      for (int i = 0; i < perTick; i++) {
        number++;
        batch.add(message(number));
        if (number % SENT_TWICE_EVERY == 0) {
          batch.add(message(number));
        }
      }
      sending =
          sink.send(batch)
              .onSuccess(
                  replies ->
                      acknowledged.addAndGet(
                          replies.stream().filter(reply -> reply.isOk()).count()))
              .onFailure(failure -> LOG.warn("cannot send to {}", sink.destination(), failure));
    }

    private OutgoingMessage message(long count) {
      String id = noun + "-" + count;
      Headers headers = Headers.empty().with("idempotency-key", id);
      Buffer key = Buffer.buffer("customer-" + count % CUSTOMERS);
      if (noun.equals("order") && count == POISON_AT) {
        return new OutgoingMessage(key, Buffer.buffer("{\"number\": oops"), headers);
      }
      JsonObject body = new JsonObject().put("id", id).put("number", count);
      return new OutgoingMessage(key, body.toBuffer(), headers);
    }

    Future<?> close() {
      return sending.transform(sent -> sink.close());
    }
  }
}
