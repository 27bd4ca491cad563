package dev.tailrace.smallworld;

import dev.tailrace.message.Message;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.CommitTarget;
import dev.tailrace.source.Committer;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.IdleSource;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.PositionTracker;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.TrackedPartition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member's end of the group, with the production committer; it hands over, revokes and loses
 * partitions in the steps of the Kafka source.
 */
final class SmallSource implements IdleSource {
  static final Duration REVOKE_DEADLINE = Duration.ofSeconds(2);

  private final SourceEnvironment environment;
  private final Committer committer;
  private @Nullable Intake intake;
  private @Nullable TrackedPartition tracked;
  private int epoch;
  private int generation; // as the client knows it
  private int next;
  private int credit;
  private boolean leaving;

  SmallSource(SourceEnvironment environment, SmallGroupLine group) {
    this.environment = environment;
    this.committer = new Committer(environment, Committer.DEFAULT_INTERVAL, 100, new Target(group));
  }

  /** How the group is reached. */
  interface SmallGroupLine {
    Future<Reply<Void>> commit(int generation, Partition partition, Position position);

    Future<Reply<Position>> readBack();
  }

  private final class Target implements CommitTarget {
    private final SmallGroupLine group;

    Target(SmallGroupLine group) {
      this.group = group;
    }

    @Override
    public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
      Partition only = positions.keySet().iterator().next();
      Position position = Objects.requireNonNull(positions.get(only));
      return group.commit(generation, only, position).map(reply -> one(only, reply));
    }

    @Override
    public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions) {
      Partition only = partitions.iterator().next();
      return group.readBack().map(reply -> one(only, reply));
    }
  }

  private static <T> Map<Partition, Reply<T>> one(Partition partition, Reply<T> reply) {
    Map<Partition, Reply<T>> map = new LinkedHashMap<>();
    map.put(partition, reply);
    return map;
  }

  // -- what the group does, in turns of the loop

  void join(int knownGeneration) {
    generation = knownGeneration;
  }

  void assigned(Position committed) {
    Partition partition = new Partition(SmallMessage.SOURCE, ++epoch);
    tracked = committer.track(partition, committed, -1);
    next = (int) committed.offset();
    credit = 0;
    leaving = false;
    intake().assigned(List.of(partition));
  }

  Future<Void> revoked() {
    TrackedPartition going = tracked;
    if (going == null) {
      return Future.succeededFuture();
    }
    leaving = true;
    return intake()
        .revoke(List.of(going.partition()), REVOKE_DEADLINE)
        .transform(ended -> committer.flush(Set.of(going.partition())))
        .transform(
            committed -> {
              end(going);
              return Future.succeededFuture();
            });
  }

  void lost() {
    TrackedPartition gone = tracked;
    if (gone != null) {
      end(gone);
      intake().lost(List.of(gone.partition()));
    }
  }

  private void end(TrackedPartition going) {
    committer.end(going.partition());
    if (tracked == going) {
      tracked = null;
    }
  }

  /** The partition that is its own now; null for none. */
  @Nullable TrackedPartition tracked() {
    return tracked;
  }

  // -- the poll thread

  boolean canPoll() {
    return tracked != null && !leaving && credit > 0 && next < SmallMessage.LOG.size();
  }

  /** Fetches what there is credit for; it enters the pool in a turn of its own. */
  void poll() {
    TrackedPartition home = tracked;
    int to = Math.min(SmallMessage.LOG.size(), next + credit);
    List<SmallMessage> records = SmallMessage.LOG.subList(next, to);
    credit -= records.size();
    next = to;
    environment.loop().execute(() -> handOver(home, records));
  }

  private void handOver(@Nullable TrackedPartition home, List<SmallMessage> records) {
    if (home == null || home != tracked || leaving) {
      return;
    }
    List<Delivery> batch = new ArrayList<>(records.size());
    for (SmallMessage message : records) {
      PositionTracker.Begin begun = home.begin(message.offset());
      batch.add(new SmallDelivery(message, home, begun == PositionTracker.Begin.ALREADY_FINISHED));
    }
    intake().accept(batch);
  }

  // -- the source

  private Intake intake() {
    if (intake == null) {
      throw new IllegalStateException("not open");
    }
    return intake;
  }

  @Override
  public String name() {
    return "small orders";
  }

  @Override
  public Future<Void> open(Intake pool) {
    intake = pool;
    return Future.succeededFuture();
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {
    if (tracked != null && tracked.partition().equals(partition)) {
      credit = messages;
    }
  }

  @Override
  public Future<Void> closeIntake() {
    leaving = true;
    return Future.succeededFuture();
  }

  private record SmallDelivery(Message message, TrackedPartition home, boolean finishedBefore)
      implements Delivery {
    @Override
    public Partition partition() {
      return home.partition();
    }

    @Override
    public int bytes() {
      return 1;
    }

    @Override
    public int deliveries() {
      return 1;
    }

    @Override
    public void settle() {
      if (!finishedBefore) {
        home.finish(message.origin().major());
      }
    }

    @Override
    public void release() {}
  }
}
