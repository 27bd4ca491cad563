package dev.tailrace.redis.stream;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Until;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether all has finished that the streams held when their source opened, by whatever consumer of
 * the group: up to the last id of then nothing is unread, and nothing is pending. Belongs to the
 * source's loop.
 */
final class StreamEnds {
  private static final String NOTHING = "0-0";

  private final StreamGroup group;
  private final Map<String, String> open =
      new LinkedHashMap<>(); // event loop only: the last ids of streams that are not through
  private boolean noted; // event loop only

  StreamEnds(StreamGroup group) {
    this.group = group;
  }

  /** Notes the last id of each stream; nothing where they are read until the pool stops. */
  Future<Void> note() {
    Future<Void> all = Future.succeededFuture();
    if (group.config().until() == Until.END) {
      for (String stream : group.config().streams()) {
        all = all.compose(before -> note(stream));
      }
      all = all.onSuccess(done -> noted = true);
    }
    return all;
  }

  private Future<Void> note(String stream) {
    Request info = Request.cmd(Command.XINFO).arg("STREAM").arg(stream);
    return group
        .commands(stream)
        .send(info, answer -> text(answer, "last-generated-id"))
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<String> ok) {
                open.put(stream, ok.value());
                return Future.succeededFuture();
              }
              return group.isClosed()
                  ? Future.failedFuture(new IllegalStateException("the source was closed"))
                  : group.pause().compose(paused -> note(stream));
            });
  }

  /** See {@link dev.tailrace.source.Source#atEnd}. */
  Future<Boolean> reached() {
    List<Future<Boolean>> asked = new ArrayList<>();
    Map.copyOf(open).forEach((stream, last) -> asked.add(isThrough(stream, last)));
    return Future.join(asked).map(all -> noted && open.isEmpty());
  }

  /** Once through, always: an entry's id is above all that were there before. */
  private Future<Boolean> isThrough(String stream, String last) {
    return isRead(stream, last)
        .compose(read -> read ? isSettled(stream, last) : Future.succeededFuture(false))
        .onSuccess(
            through -> {
              if (through) {
                open.remove(stream);
              }
            });
  }

  /** Asked for first: what is read later is pending from then on. */
  private Future<Boolean> isRead(String stream, String last) {
    Request groups = Request.cmd(Command.XINFO).arg("GROUPS").arg(stream);
    return group
        .commands(stream)
        .send(groups, this::delivered)
        .compose(
            reply ->
                reply instanceof Reply.Ok<String> ok && !ok.value().isEmpty()
                    ? isEmpty(
                        stream,
                        Request.cmd(Command.XRANGE)
                            .arg(stream)
                            .arg(ok.value().equals(NOTHING) ? "-" : "(" + ok.value())
                            .arg(last)
                            .arg("COUNT")
                            .arg(1))
                    : Future.succeededFuture(false));
  }

  private Future<Boolean> isSettled(String stream, String last) {
    return isEmpty(
        stream,
        Request.cmd(Command.XPENDING).arg(stream).arg(group.name()).arg("-").arg(last).arg(1));
  }

  private Future<Boolean> isEmpty(String stream, Request list) {
    return group
        .commands(stream)
        .send(list, answer -> answer == null || answer.size() == 0)
        .map(reply -> reply instanceof Reply.Ok<Boolean> ok && ok.value());
  }

  /** Reads {@code [[name, value, …], …]}, one per group; "" where ours is not there. */
  private String delivered(@Nullable Response groups) {
    if (groups != null) {
      for (Response one : groups) {
        if (text(one, "name").equals(group.name())) {
          return text(one, "last-delivered-id");
        }
      }
    }
    return "";
  }

  private static String text(@Nullable Response fields, String name) {
    Response value = fields == null ? null : fields.get(name);
    return value == null ? "" : value.toString();
  }
}
