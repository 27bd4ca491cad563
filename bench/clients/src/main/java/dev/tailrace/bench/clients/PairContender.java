package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.util.concurrent.CompletableFuture;

/**
 * What many write for idempotency: a key is set before the work where nobody has set it, and set
 * again after it; pipelined over one connection, with no answer to a process that dies in between,
 * to another that claims meanwhile, or to an answer that is lost.
 */
public final class PairContender implements Contender {

  private final Vertx vertx = EventLoops.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final CompletableFuture<Pacing> pacing = new CompletableFuture<>();

  @Override
  public void start(Setting setting, Work work) throws Exception {
    Redis client = Redis.createClient(vertx, RedisSettings.client(setting));
    RedisConnection connection = Futures.await(client.connect());
    context.runOnContext(
        any -> {
          Pairs pairs = new Pairs(connection, setting, work);
          pacing.complete(pairs.pacing);
          pairs.pacing.begin();
        });
  }

  private final class Pairs {
    private final RedisConnection connection;
    private final String lease;
    private final String retention;
    private final Pacing pacing;

    Pairs(RedisConnection connection, Setting setting, Work work) {
      this.connection = connection;
      this.lease = setting.get("lease-millis");
      this.retention = setting.get("retention-millis");
      this.pacing = new Pacing(vertx, setting, work, this::claim);
    }

    private void claim(Pacing.Message message) {
      Request claim =
          Request.cmd(Command.SET).arg(message.key()).arg("claimed").arg("NX").arg("PX").arg(lease);
      connection.send(claim).onSuccess(claimed -> mark(message));
    }

    private void mark(Pacing.Message message) {
      Request mark =
          Request.cmd(Command.SET).arg(message.key()).arg("done").arg("PX").arg(retention);
      connection.send(mark).onSuccess(marked -> pacing.ended(message));
    }
  }

  @Override
  public void stop() throws Exception {
    pacing.join().stop(context);
    Futures.await(vertx.close());
  }
}
