package dev.tailrace.source;

import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A broker's committed positions behind a network that a test disturbs. Answers after some time, on
 * a loop of its own; one request at a time is asserted.
 */
final class SimulatedBroker implements CommitTarget {
  private final SimulatedLoop network;
  private final Map<String, Position> held = new LinkedHashMap<>();
  private final Map<String, Integer> epochs = new LinkedHashMap<>();
  private final List<Map<Partition, Position>> commits = new ArrayList<>();
  private Supplier<Weather> weather = () -> Weather.CALM;
  private Supplier<Duration> latency = () -> Duration.ofMillis(5);
  private int metadataLimit = PositionMetadata.MAX_CHARS;
  private final Set<Partition> disowned = new HashSet<>();
  private boolean busy;

  /** What becomes of the next request. */
  enum Weather {
    CALM,
    /** Carried out, but the answer is lost. */
    LOSES_ANSWER,
    /** Not carried out, and nobody knows. */
    LOSES_REQUEST,
    /** Refused. */
    REFUSES,
    /** The whole future fails. */
    FAILS,
    /** Answered at once, with an empty map. */
    ANSWERS_NOTHING,
    /** Throws. */
    THROWS
  }

  SimulatedBroker(SimulatedLoop network) {
    this.network = network;
  }

  void weather(Weather now) {
    weather = () -> now;
  }

  void weather(Supplier<Weather> each) {
    weather = each;
  }

  void latency(Supplier<Duration> each) {
    latency = each;
  }

  void metadataLimit(int chars) {
    metadataLimit = chars;
  }

  void hold(String source, Position position) {
    held.put(source, position);
  }

  /** From now on the client itself knows that this epoch has ended. */
  void disown(Partition partition) {
    disowned.add(partition);
  }

  /** From now on nothing is committed for an older epoch of this partition. */
  void assigned(Partition partition) {
    epochs.put(partition.source(), partition.epoch());
  }

  Position held(String source) {
    return held.getOrDefault(source, new Position(-1, ""));
  }

  /** All requests to commit, also those that were lost. */
  List<Map<Partition, Position>> commits() {
    return List.copyOf(commits);
  }

  @Override
  public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
    commits.add(Map.copyOf(positions));
    return answer(
        positions.keySet(),
        partition -> {
          Position position = positions.get(partition);
          if (partition.epoch() < epochs.getOrDefault(partition.source(), 0)) {
            return Reply.failed(new IllegalStateException("not the owner: " + partition));
          }
          if (position != null && position.metadata().length() <= metadataLimit) {
            held.put(partition.source(), position);
            return done();
          }
          return Reply.failed(
              new MetadataTooLargeException("too large", new IllegalStateException()));
        });
  }

  @Override
  public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions) {
    return answer(partitions, partition -> Reply.ok(held(partition.source())));
  }

  @SuppressWarnings("NullAway") // the only Void there is
  private static Reply<Void> done() {
    return Reply.ok(null);
  }

  private <T> Future<Map<Partition, Reply<T>>> answer(
      Set<Partition> partitions, Function<Partition, Reply<T>> operation) {
    if (busy) {
      throw new AssertionError("two requests at once");
    }
    Weather now = weather.get();
    Throwable lost = new IllegalStateException("simulated: " + now);
    Map<Partition, Reply<T>> answers = new LinkedHashMap<>();
    if (now == Weather.ANSWERS_NOTHING) {
      return Future.succeededFuture(answers);
    }
    if (now == Weather.THROWS) {
      throw new IllegalStateException(lost);
    }
    busy = true;
    Promise<Map<Partition, Reply<T>>> answer = Promise.promise();
    Duration delay = latency.get();
    network.execute(
        () ->
            network.after(
                delay,
                () -> {
                  busy = false;
                  for (Partition partition : partitions) {
                    answers.put(
                        partition,
                        switch (now) {
                          case REFUSES -> Reply.failed(lost);
                          case LOSES_REQUEST -> Reply.unknown(lost);
                          case LOSES_ANSWER -> {
                            Reply<T> unseen = operation.apply(partition);
                            yield unseen.isOk() ? Reply.unknown(lost) : unseen;
                          }
                          default ->
                              disowned.contains(partition)
                                  ? Reply.failed(new NotOwnedException(partition))
                                  : operation.apply(partition);
                        });
                  }
                  if (now == Weather.FAILS) {
                    answer.fail(lost);
                  } else {
                    answer.complete(answers);
                  }
                }));
    return answer.future();
  }
}
