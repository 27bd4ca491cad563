package dev.tailrace.simulation;

import dev.tailrace.message.Message;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.PositionTracker;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceStatus;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One member of a group at the simulated broker. It polls what it has credit for, in batches by the
 * dice, and passes each partition's credit by at most one poll.
 */
final class SimulatedSource implements Source {
  static final int POLL = 8;

  private final SimulatedBroker broker;
  private final Loop loop;
  private final Choices choices;
  private final PoolEvents events;
  private final Map<String, Assigned> assigned = new LinkedHashMap<>();
  private @Nullable Intake intake;
  private boolean closed;
  private boolean polling;

  private static final class Assigned {
    final Partition partition;
    final PositionTracker tracker = new PositionTracker(24_000);
    boolean ended;
    int credit;
    long bytes;
    int next;

    Assigned(Partition partition) {
      this.partition = partition;
    }
  }

  SimulatedSource(SimulatedBroker broker, Loop loop, Choices choices, PoolEvents events) {
    this.broker = broker;
    this.loop = loop;
    this.choices = choices;
    this.events = events;
  }

  // -- what the simulated group does

  void assign(List<Partition> partitions) {
    for (Partition partition : partitions) {
      Assigned one = new Assigned(partition);
      var position = broker.committed.get(partition.source());
      if (position == null) {
        throw new AssertionError("no such partition: " + partition);
      }
      one.tracker.restore(position.offset(), position.metadata());
      one.next = (int) position.offset();
      assigned.put(partition.source(), one);
      events.assigned(
          SimulatedConsumer.PIPELINE,
          partition.source(),
          partition.epoch(),
          Long.toString(position.offset()));
    }
    intake().assigned(partitions);
  }

  Future<Void> revoke(List<Partition> going, Duration deadline) {
    return intake()
        .revoke(going, deadline)
        .map(
            rested -> {
              for (Partition partition : going) {
                Assigned one = assigned.remove(partition.source());
                if (one != null) {
                  one.ended = true;
                  commit(one);
                  events.revoked(
                      SimulatedConsumer.PIPELINE, partition.source(), partition.epoch(), "ok");
                }
              }
              return null;
            });
  }

  /** The lowest unfinished position, as this member would commit it. */
  void commitAll() {
    assigned.values().forEach(this::commit);
  }

  private void commit(Assigned one) {
    Position position = one.tracker.snapshot();
    broker.commit(one.partition.source(), position);
    events.committed(
        SimulatedConsumer.PIPELINE,
        one.partition.source(),
        one.partition.epoch(),
        Long.toString(position.offset()));
  }

  // -- the source

  @Override
  public String name() {
    return "simulated orders";
  }

  @Override
  public Future<Void> open(Intake pool) {
    intake = pool;
    return Future.succeededFuture();
  }

  private Intake intake() {
    if (intake == null) {
      throw new IllegalStateException("not open");
    }
    return intake;
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {
    Assigned one = assigned.get(partition.source());
    if (one != null && one.partition.equals(partition)) {
      one.credit = messages;
      one.bytes = bytes;
      pollSoon();
    }
  }

  private void pollSoon() {
    if (!polling) {
      polling = true;
      loop.after(Duration.ofNanos(choices.pick(2_000_000)), this::poll);
    }
  }

  private void poll() {
    polling = false;
    if (closed) {
      return;
    }
    List<Delivery> batch = new ArrayList<>();
    int left = POLL;
    for (Assigned one : assigned.values()) {
      List<SimulatedMessage> log = broker.logs.getOrDefault(one.partition.source(), List.of());
      while (one.credit > 0 && one.bytes > 0 && left > 0 && one.next < log.size()) {
        SimulatedMessage message = log.get(one.next++);
        PositionTracker.Begin begun = one.tracker.begin(message.origin().major());
        SimulatedDelivery delivery =
            new SimulatedDelivery(message, one, begun == PositionTracker.Begin.ALREADY_FINISHED);
        one.credit--;
        one.bytes -= delivery.bytes();
        left--;
        batch.add(delivery);
      }
    }
    if (!batch.isEmpty()) {
      intake().accept(batch);
      pollSoon();
    }
  }

  @Override
  public Future<Void> closeIntake() {
    closed = true;
    return Future.succeededFuture();
  }

  @Override
  public Future<Flush> flush() {
    commitAll();
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  public Future<Flush> giveBack() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  public Future<Void> close() {
    assigned.clear();
    return Future.succeededFuture();
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(true, loop.wall(), null, List.of());
  }

  private record SimulatedDelivery(Message message, Assigned home, boolean finishedBefore)
      implements Delivery {
    @Override
    public Partition partition() {
      return home.partition;
    }

    @Override
    public int bytes() {
      var body = message.body();
      return body == null ? 1 : body.length();
    }

    @Override
    public int deliveries() {
      return 1;
    }

    @Override
    public void settle() {
      if (!home.ended) {
        home.tracker.finish(message.origin().major());
      }
    }

    @Override
    public void release() {}
  }
}
