package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes messages up, of 100 bytes and each with a key of its own: so many at a time, one after the
 * other; or, with {@code pace=half}, as many a second as half of what that had come to, or with
 * {@code pace=40000} as many as that, whatever becomes of them. Belongs to one event loop.
 */
final class Pacing {
  private static final String HALF = "half";
  private static final int BYTES = 100;
  private static final long TICK_MILLIS = 1;
  private static final long SETTLE_MILLIS = 4_000;
  private static final long FULL_MILLIS = 4_000;

  private final Vertx vertx;
  private final Work work;
  private final Setting setting;
  private final Consumer<Message> start;
  private boolean paced; // event loop only
  private boolean stopping; // event loop only
  private long made; // event loop only
  private int inHand; // event loop only

  /**
   * Makes it.
   *
   * @param start begins the work on a message, which ends with {@link #ended}
   */
  Pacing(Vertx vertx, Setting setting, Work work, Consumer<Message> start) {
    this.vertx = vertx;
    this.work = work;
    this.setting = setting;
    this.start = start;
  }

  /** A message; its body says since when it has waited. */
  record Message(long number, Buffer body) {
    /** Which no other has. */
    String key() {
      return "order-" + number;
    }
  }

  void begin() {
    String pace = setting.get("pace", "");
    if (!pace.isEmpty() && !pace.equals(HALF)) {
      pace(TimeUnit.SECONDS.toNanos(1) / Integer.parseInt(pace));
      return;
    }
    for (int i = 0; i < setting.concurrency(); i++) {
      next(System.nanoTime());
    }
    if (pace.equals(HALF)) {
      vertx.setTimer(SETTLE_MILLIS, settled -> measure(made));
    }
  }

  private void measure(long from) {
    long began = System.nanoTime();
    vertx.setTimer(
        FULL_MILLIS, measured -> pace((long) (2.0 * (System.nanoTime() - began) / (made - from))));
  }

  private void pace(long nanosEach) {
    paced = true;
    tick(System.nanoTime(), 0, Math.max(1, nanosEach));
  }

  private void tick(long since, long sent, long nanosEach) {
    long due = (System.nanoTime() - since) / nanosEach;
    for (long i = sent; i < due && !stopping; i++) {
      next(since + i * nanosEach);
    }
    vertx.setTimer(TICK_MILLIS, again -> tick(since, due, nanosEach));
  }

  private void next(long since) {
    inHand++;
    long number = made++;
    Buffer body =
        Buffer.buffer(BYTES)
            .appendLong(number)
            .appendLong(0)
            .appendLong(0)
            .appendLong(number)
            .appendLong(since)
            .appendBytes(new byte[BYTES - 5 * Long.BYTES]);
    start.accept(new Message(number, body));
  }

  /** The work on a message is done. */
  void ended(Message message) {
    if (work.isWatching()) {
      work.look(ByteBuffer.wrap(message.body().getBytes()));
    }
    work.done();
    inHand--;
    if (!paced && !stopping) {
      next(System.nanoTime());
    }
  }

  /** Makes no more; waits for what is under way. */
  void stop(Context context) throws InterruptedException {
    context.runOnContext(any -> stopping = true);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (System.nanoTime() - end < 0) {
      CompletableFuture<Integer> left = new CompletableFuture<>();
      context.runOnContext(any -> left.complete(inHand));
      if (left.join() == 0) {
        return;
      }
      Thread.sleep(1);
    }
    throw new IllegalStateException("messages are still under way");
  }
}
