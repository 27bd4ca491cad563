package dev.tailrace.app;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/** What a person with a Redis client would see, and write. */
public final class StreamProbe {
  private final Redis redis;

  /** With connections of its own. */
  public StreamProbe(Vertx vertx, String url) {
    this.redis = Redis.createClient(vertx, url);
  }

  /** Adds entries with a key, a value, and an id in a header field. */
  public void produce(String stream, int from, int count) throws Exception {
    for (int done = 0; done < count; done += 500) {
      List<Request> batch = new ArrayList<>();
      for (int i = from + done; i < from + Math.min(count, done + 500); i++) {
        batch.add(
            Request.cmd(Command.XADD)
                .arg(stream)
                .arg("*")
                .arg("key")
                .arg("key-" + i)
                .arg("value")
                .arg("body-" + i)
                .arg("h.idempotency-key")
                .arg("id-" + i));
      }
      Results.result(redis.batch(batch));
    }
  }

  /** Entries that a group has been given and has not acknowledged. */
  long pending(String stream, String group) throws Exception {
    Response summary =
        Results.result(redis.send(Request.cmd(Command.XPENDING).arg(stream).arg(group)));
    return summary == null ? 0 : summary.get(0).toLong();
  }

  /** Entries that a group has been given so far. */
  long read(String stream, String group) throws Exception {
    Response groups =
        Results.result(redis.send(Request.cmd(Command.XINFO).arg("GROUPS").arg(stream)));
    for (Response one : groups) {
      if (one.get("name").toString().equals(group)) {
        String last = one.get("last-delivered-id").toString();
        return Results.result(
                redis.send(Request.cmd(Command.XRANGE).arg(stream).arg("-").arg(last)))
            .size();
      }
    }
    throw new IllegalStateException(stream + " has no group " + group);
  }

  /** Closes its connections. */
  public Future<Void> close() {
    return redis.close();
  }
}
