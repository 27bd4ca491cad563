package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * vertx-redis-client as fast as it goes: a connection that reads, the next read sent as soon as
 * there is room for what it may bring, and one that acknowledges what a turn has finished in one
 * command, which nobody waits for. No answer to entries that others left, to what is lost, or to a
 * message that fails.
 */
public final class RawStreamContender implements Contender {
  private static final int READ = 500;
  private static final int BUFFER = 2_048; // as ours by default

  private final Vertx vertx = EventLoops.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final CompletableFuture<Reader> reader = new CompletableFuture<>();

  @Override
  public void start(Setting setting, Work work) throws Exception {
    RedisConnection reading = connect(setting);
    RedisConnection acknowledging = connect(setting);
    Futures.await(
        reading.send(
            Request.cmd(Command.XGROUP)
                .arg("CREATE")
                .arg(setting.get("stream"))
                .arg(setting.get("group"))
                .arg("0")));
    context.runOnContext(
        any -> {
          Reader made = new Reader(reading, acknowledging, setting, work);
          reader.complete(made);
          made.read();
        });
  }

  private RedisConnection connect(Setting setting) throws Exception {
    RedisOptions options =
        new RedisOptions()
            .setConnectionString(setting.get("redis"))
            .setPreferredProtocolVersion(ProtocolVersion.RESP2);
    return Futures.await(Redis.createClient(vertx, options).connect());
  }

  /** Belongs to one event loop. */
  private final class Reader {
    private final RedisConnection reading;
    private final RedisConnection acknowledging;
    private final Setting setting;
    private final Work work;
    private final int millis;
    private final int concurrency;
    private final ArrayDeque<Response> buffer = new ArrayDeque<>();
    private final List<Response> finished = new ArrayList<>();
    private int inHand;
    private int unanswered;
    private boolean underWay;
    private boolean scheduled;
    private boolean stopping;

    Reader(RedisConnection reading, RedisConnection acknowledging, Setting setting, Work work) {
      this.reading = reading;
      this.acknowledging = acknowledging;
      this.setting = setting;
      this.work = work;
      this.millis = setting.workMillis();
      this.concurrency = setting.concurrency();
    }

    private void read() {
      int room = Math.min(READ, BUFFER - buffer.size());
      if (underWay || stopping || room < READ) {
        return;
      }
      underWay = true;
      Request request =
          Request.cmd(Command.XREADGROUP)
              .arg("GROUP")
              .arg(setting.get("group"))
              .arg("raw")
              .arg("COUNT")
              .arg(room)
              .arg("BLOCK")
              .arg(500)
              .arg("STREAMS")
              .arg(setting.get("stream"))
              .arg(">");
      reading.send(request).onSuccess(this::arrived);
    }

    private void arrived(@Nullable Response response) {
      underWay = false;
      if (response != null) {
        for (Response entry : response.get(0).get(1)) {
          buffer.add(entry);
        }
      }
      if (millis == 0) {
        read(); // the next one is on its way while these are worked on
      }
      startSome();
      read();
    }

    private void startSome() {
      while (!stopping && inHand < concurrency && !buffer.isEmpty()) {
        Response entry = buffer.remove();
        if (work.isWatching()) {
          work.look(ByteBuffer.wrap(entry.get(1).get(3).toBytes()));
        }
        if (millis == 0) {
          finish(entry);
        } else {
          inHand++;
          vertx.setTimer(
              millis,
              fired -> {
                inHand--;
                finish(entry);
                startSome();
                read();
              });
        }
      }
    }

    private void finish(Response entry) {
      work.done();
      finished.add(entry.get(0));
      if (!scheduled) {
        scheduled = true;
        context.runOnContext(any -> acknowledge());
      }
    }

    private void acknowledge() {
      scheduled = false;
      Request request =
          Request.cmd(Command.XACK).arg(setting.get("stream")).arg(setting.get("group"));
      finished.forEach(id -> request.arg(id.toBuffer()));
      finished.clear();
      unanswered++;
      acknowledging.send(request).onSuccess(answer -> unanswered--);
    }

    private boolean hasEnded() {
      stopping = true;
      return inHand == 0 && finished.isEmpty() && unanswered == 0;
    }
  }

  @Override
  public void stop() throws Exception {
    Reader made = reader.join();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    boolean ended = false;
    while (!ended && System.nanoTime() - end < 0) {
      CompletableFuture<Boolean> asked = new CompletableFuture<>();
      context.runOnContext(any -> asked.complete(made.hasEnded()));
      ended = asked.join();
      Thread.sleep(1);
    }
    Futures.await(vertx.close());
  }
}
