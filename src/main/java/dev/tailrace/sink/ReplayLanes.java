package dev.tailrace.sink;

import dev.tailrace.lifecycle.TimeLimit;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.ReplayChunk.Leaving;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The ways of a replay to its destinations; sends one chunk at a time. Belongs to its loop. */
final class ReplayLanes {
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final Loop loop;
  private final Map<SinkFactory, ReplayLane> lanes = new LinkedHashMap<>(); // event loop only
  private @Nullable TimeLimit sending; // event loop only

  ReplayLanes(Loop loop) {
    this.loop = loop;
  }

  /** Makes the ways of these letters, and opens none; whether there may be as many as there are. */
  boolean add(List<Leaving> letters) {
    letters.forEach(one -> lane(one.to()));
    return lanes.size() <= Replay.MOST_DESTINATIONS;
  }

  private ReplayLane lane(SinkFactory to) {
    return lanes.computeIfAbsent(to, made -> new ReplayLane(loop, made.sink(loop)));
  }

  /** Counts them as sent, and sends none. */
  void count(List<Leaving> letters) {
    letters.forEach(one -> lane(one.to()).count());
  }

  /** Opens the ways of these letters, in a turn; fails where one cannot be opened. */
  Future<Void> open(List<Leaving> letters) {
    return loop.enter(
        Future.all(letters.stream().map(Leaving::to).distinct().map(to -> lane(to).open()).toList())
            .mapEmpty());
  }

  /**
   * Sends them. Completes when all have the last word on them, and at the latest after 45 s, or
   * what {@link #stop} says; then some of the replies are not complete. Never fails.
   */
  Future<List<Future<Reply<Sink.Sent>>>> send(List<Leaving> letters, int round) {
    List<Future<Reply<Sink.Sent>>> replies = new ArrayList<>();
    Promise<List<Future<Reply<Sink.Sent>>>> answered = Promise.promise();
    Runnable over =
        () -> {
          sending = null;
          answered.complete(replies);
        };
    sending =
        TimeLimit.await(
            loop,
            () -> {
              for (Leaving one : letters) {
                replies.add(lane(one.to()).send(one.letter().revived(round)));
              }
              return Future.join(List.copyOf(replies));
            },
            PATIENCE,
            new TimeLimit.Ends<>(any -> over.run(), over, late -> {}));
    return answered.future();
  }

  /** Sends nothing again, and awaits what is under way for so long only. */
  void stop(Duration patience) {
    lanes.values().forEach(ReplayLane::stopResending);
    if (sending != null) {
      sending.limit(patience);
    }
  }

  /** How many letters went where. */
  Map<String, Long> destinations() {
    Map<String, Long> destinations = new LinkedHashMap<>();
    lanes.values().forEach(lane -> destinations.put(lane.destination(), lane.replayed()));
    return destinations;
  }

  /** Completes when all are closed. */
  Future<?> close() {
    return Future.join(lanes.values().stream().map(ReplayLane::close).toList());
  }
}
