package dev.tailrace.source;

import dev.tailrace.message.Headers;
import dev.tailrace.message.Origin;
import dev.tailrace.message.TestMessage;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/** One consumer's source at a {@link ManualBroker}; it keeps to the credit it is given. */
public final class ManualSource implements Source {
  private final ManualBroker broker;
  private final SourceEnvironment environment;
  private final Partition partition;
  private final ArrayDeque<Delivery> log = new ArrayDeque<>(); // event loop only
  private final Set<Long> settled = new ConcurrentSkipListSet<>();
  private final Set<Long> released = new ConcurrentSkipListSet<>();
  private @Nullable Intake intake; // event loop only
  private boolean closedIntake; // event loop only
  private int credit; // event loop only
  private long next; // event loop only
  private long flushed; // event loop only
  private volatile long committed; // written on the event loop
  private volatile @Nullable String error; // written by the test

  ManualSource(ManualBroker broker, SourceEnvironment environment) {
    this.broker = broker;
    this.environment = environment;
    this.partition = new Partition("manual/" + environment.consumer(), 1);
  }

  int consumer() {
    return environment.consumer();
  }

  /** Its event loop. */
  public Loop loop() {
    return environment.loop();
  }

  /** One more message, delivered as soon as there is credit. */
  public void produce(String key) {
    produce(key, Headers.empty());
  }

  /** One more message with these headers. */
  public void produce(String key, Headers headers) {
    loop()
        .execute(
            () -> {
              log.add(delivery(next++, key, headers));
              deliver();
            });
  }

  /** The next position to be read, as the last flush confirmed it. */
  public long committed() {
    return committed;
  }

  /** Positions settled so far. */
  public Set<Long> settled() {
    return settled;
  }

  /** Positions released so far. */
  public Set<Long> released() {
    return released;
  }

  /** From now on it says that the broker is away, and why. */
  public void away(String why) {
    error = why;
  }

  @Override
  public String name() {
    return "manual " + partition.source();
  }

  @Override
  public Future<Void> open(Intake opened) {
    intake = opened;
    return called("open")
        .onSuccess(
            done -> {
              opened.assigned(List.of(partition));
              deliver();
            });
  }

  @Override
  public void request(Partition asked, int messages, long bytes) {
    credit = bytes > 0 ? messages : 0;
    loop().execute(this::deliver);
  }

  private void deliver() {
    Intake open = intake;
    if (open == null || closedIntake || credit == 0 || log.isEmpty()) {
      return;
    }
    List<Delivery> batch = new ArrayList<>();
    while (batch.size() < credit && !log.isEmpty()) {
      batch.add(log.remove());
    }
    credit -= batch.size();
    open.accept(batch);
  }

  @Override
  public Future<Void> closeIntake() {
    closedIntake = true;
    return called("closeIntake");
  }

  @Override
  public Future<Flush> flush() {
    return called("flush")
        .map(
            done -> {
              long mark = 0;
              while (settled.contains(mark)) {
                mark++;
              }
              committed = mark;
              long now = settled.size() - flushed;
              flushed = settled.size();
              var position = new CommittedPosition(partition.source(), Long.toString(mark), "ok");
              return new Flush(List.of(position), now, 0, 0);
            });
  }

  @Override
  public Future<Flush> giveBack() {
    return called("giveBack").map(done -> new Flush(List.of(), released.size(), 0, 0));
  }

  @Override
  public Future<Void> close() {
    return called("close");
  }

  @Override
  public SourceStatus status() {
    var assigned =
        new PartitionStatus(
            partition.source(),
            1,
            Long.toString(committed),
            log.size(),
            -1,
            0,
            0,
            null,
            credit == 0);
    return new SourceStatus(error == null, Instant.EPOCH, error, List.of(assigned));
  }

  /** Answers of the test, which may come on its own thread, re-enter by the loop. */
  private Future<Void> called(String method) {
    assert loop().inLoop();
    String who = environment.pipeline() + "/" + environment.consumer();
    Future<Void> answer = broker.called(who, method);
    if (answer.isComplete()) {
      return answer;
    }
    Promise<Void> inTurn = Promise.promise();
    answer.onComplete(result -> loop().execute(() -> inTurn.handle(result)));
    return inTurn.future();
  }

  private Delivery delivery(long position, String key, Headers headers) {
    Origin origin = Origin.offset(partition.source(), position);
    TestMessage message =
        new TestMessage(
            origin, Buffer.buffer(key), Buffer.buffer("body of " + origin), headers, Instant.EPOCH);
    return TestDelivery.of(message)
        .in(partition)
        .weighing(10)
        .ending(done -> settled.add(position), back -> released.add(position));
  }
}
