package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.Link;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells when there is something new in a stream, by one blocking read for all streams that somebody
 * waits for, on a connection of its own. It takes nothing: whoever is told reads it for the group.
 * Belongs to the source's loop.
 */
final class EntryWatch {
  /** Short, so that a read that nothing interrupts ends soon by itself. */
  private static final Duration BLOCK = Duration.ofMillis(500);

  private final StreamGroup group;
  private final Link link;
  private final Interruption interruption;
  private final Map<String, Awaited> awaited = new LinkedHashMap<>(); // event loop only
  private Set<String> reading = Set.of(); // event loop only: streams of the read under way
  private boolean interrupted; // event loop only
  private boolean stopped; // event loop only
  private boolean pausing; // event loop only: after a failure
  private @Nullable Promise<Void> ended; // event loop only

  /** What is waited for in a stream: entries after an id. */
  private record Awaited(String after, Runnable then) {}

  /**
   * Makes the watch.
   *
   * @param link the connection that blocks; {@link #connected} is called when it is there
   * @param commands that for all that does not
   */
  EntryWatch(StreamGroup group, Link link, Link commands) {
    this.group = group;
    this.link = link;
    this.interruption = new Interruption(link, commands);
  }

  /** There is a new connection. */
  void connected() {
    interruption.connected();
  }

  /** Calls back, once, when the stream has an entry after this id; in place of an earlier wish. */
  void await(String stream, String after, Runnable then) {
    awaited.put(stream, new Awaited(after, then));
    if (!reading.isEmpty() && !reading.contains(stream)) {
      interrupt();
    }
    read();
  }

  /** Nobody waits for this stream any more. */
  void forget(String stream) {
    awaited.remove(stream);
  }

  /** Calls nobody back any more; completes when no read is under way. */
  Future<Void> stop() {
    stopped = true;
    awaited.clear();
    if (reading.isEmpty()) {
      return Future.succeededFuture();
    }
    interrupt();
    Promise<Void> promise = ended == null ? Promise.promise() : ended;
    ended = promise;
    return promise.future();
  }

  private void interrupt() {
    interrupted = interrupted || interruption.ask();
  }

  private void read() {
    if (stopped || pausing || awaited.isEmpty() || !reading.isEmpty()) {
      return;
    }
    Map<String, Awaited> asked = Map.copyOf(awaited);
    List<String> streams = List.copyOf(awaited.keySet());
    Request request =
        Request.cmd(Command.XREAD)
            .arg("COUNT")
            .arg(1)
            .arg("BLOCK")
            .arg(BLOCK.toMillis())
            .arg("STREAMS");
    streams.forEach(request::arg);
    for (String stream : streams) {
      Awaited each = asked.get(stream);
      request.arg(each == null ? "$" : each.after());
    }
    reading = Set.copyOf(streams);
    interrupted = false;
    link.send(request, BLOCK, EntryWatch::names).onSuccess(reply -> answered(asked, reply));
  }

  private void answered(Map<String, Awaited> asked, Reply<List<String>> reply) {
    reading = Set.of();
    if (ended != null) {
      ended.tryComplete();
    }
    if (reply instanceof Reply.Ok<List<String>> ok) {
      for (String stream : ok.value()) {
        Awaited each = asked.get(stream);
        if (each != null && awaited.remove(stream, each)) {
          each.then().run();
        }
      }
    } else if (!stopped) {
      pausing = true;
      group
          .pause()
          .onSuccess(
              paused -> {
                pausing = false;
                read();
              });
    }
    read();
  }

  /** Reads {@code [[stream, entries], …]}, or nil for nothing. */
  private static List<String> names(@Nullable Response response) {
    List<String> names = new ArrayList<>();
    if (response != null) {
      response.forEach(each -> names.add(each.get(0).toString()));
    }
    return names;
  }
}
