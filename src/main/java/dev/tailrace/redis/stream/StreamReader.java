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
import org.jspecify.annotations.Nullable;

/**
 * Reads new entries, one blocking read after the other on a connection of its own, only of streams
 * that have credit and whose own pending entries are all in hand. Belongs to the source's loop.
 */
final class StreamReader {
  /** The most entries of one read: more would hold the loop and the server up. */
  static final int MOST_ENTRIES = 500;

  /** Short, so that a read that nothing interrupts ends soon by itself. */
  private static final Duration BLOCK = Duration.ofMillis(500);

  private final StreamGroup group;
  private final Link link;
  private final Interruption interruption;
  private final Arrivals arrivals;
  private final PendingRecovery recovery;
  private final Map<String, ConsumedStream> streams;

  private List<ConsumedStream> reading = List.of(); // event loop only: those of the read under way
  private boolean interrupted; // event loop only: the read under way was asked to end
  private boolean pausing; // event loop only: after a refusal
  private final List<Promise<Void>> stopped = new ArrayList<>(); // event loop only

  /**
   * Makes the reader of some streams.
   *
   * @param link the connection that blocks; {@link #connected} is called when it is there
   * @param streams by name, all to be read over this one link
   */
  StreamReader(
      StreamGroup group,
      Link link,
      Arrivals arrivals,
      PendingRecovery recovery,
      Map<String, ConsumedStream> streams) {
    this.group = group;
    this.link = link;
    this.interruption = new Interruption(link, group.commands(streams.keySet().iterator().next()));
    this.arrivals = arrivals;
    this.recovery = recovery;
    this.streams = streams;
  }

  /** There is a new connection. */
  void connected() {
    interruption.connected();
  }

  /** Whether a read of this stream is under way. */
  boolean isReading(ConsumedStream stream) {
    return reading.contains(stream);
  }

  /** Reads on, where something may be read; called whenever that may have changed. */
  void read() {
    if (pausing) {
      return;
    }
    List<ConsumedStream> due =
        streams.values().stream()
            .filter(group::mayTake)
            .filter(stream -> stream.mayTake() && recovery.isComplete(stream))
            .toList();
    if (!reading.isEmpty()) {
      if (!reading.containsAll(due)) {
        interrupt();
      }
    } else if (!due.isEmpty()) {
      send(due);
    }
  }

  /** Ends the blocking read; completes when none is under way. */
  Future<Void> stop() {
    if (reading.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    stopped.add(promise);
    interrupt();
    return promise.future();
  }

  private void interrupt() {
    interrupted = interrupted || interruption.ask();
  }

  private void send(List<ConsumedStream> due) {
    int count = due.stream().mapToInt(stream -> stream.room(MOST_ENTRIES)).min().orElse(1);
    Request request =
        Request.cmd(Command.XREADGROUP)
            .arg("GROUP")
            .arg(group.name())
            .arg(group.consumer())
            .arg("COUNT")
            .arg(count)
            .arg("BLOCK")
            .arg(BLOCK.toMillis())
            .arg("STREAMS");
    due.forEach(stream -> request.arg(stream.name()));
    due.forEach(stream -> request.arg(">"));
    reading = due;
    interrupted = false;
    long began = group.loop().nanos();
    link.send(request, BLOCK, response -> entries(streams, response))
        .onSuccess(reply -> answered(due, began, reply));
  }

  private void answered(
      List<ConsumedStream> asked, long began, Reply<Map<ConsumedStream, List<StreamEntry>>> reply) {
    reading = List.of();
    long limit = BLOCK.plus(group.config().claimIdle()).toNanos();
    boolean late = group.loop().nanos() - began > limit;
    if (reply instanceof Reply.Ok<Map<ConsumedStream, List<StreamEntry>>> ok && !late) {
      group.accepted();
      ok.value().forEach((stream, entries) -> arrivals.deliver(stream, entries, began, entry -> 1));
    } else if (reply instanceof Reply.Failed<?> failed) {
      asked.forEach(stream -> group.refused(stream, failed.cause()));
      pausing = true;
      group
          .pause()
          .onSuccess(
              paused -> {
                pausing = false;
                read();
              });
    } else {
      // What the lost answer brought is pending for us; of what came late, others may have some.
      recovery.answerLost(asked);
    }
    recovery.run();
    stopped.forEach(Promise::tryComplete);
    stopped.clear();
    read();
  }

  /** Reads {@code [[stream, [[id, [field, value, …]], …]], …]}, or nil for nothing. */
  static Map<ConsumedStream, List<StreamEntry>> entries(
      Map<String, ConsumedStream> streams, @Nullable Response response) {
    Map<ConsumedStream, List<StreamEntry>> entries = new LinkedHashMap<>();
    if (response != null) {
      for (Response one : response) {
        ConsumedStream stream = streams.get(one.get(0).toString());
        if (stream == null) {
          throw new IllegalStateException("an answer of another stream: " + one.get(0));
        }
        entries.put(stream, StreamEntry.list(stream.name(), one.get(1)));
      }
    }
    return entries;
  }
}
