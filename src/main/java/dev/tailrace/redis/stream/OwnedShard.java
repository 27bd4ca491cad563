package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.Lease;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source.CommittedPosition;
import dev.tailrace.source.Source.Flush;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * One shard that is ours, from the grant of its lease to its end, in one epoch and under a
 * consumer's name of its own. Belongs to the source's loop.
 */
final class OwnedShard {
  private final StreamGroup group;
  private final Lease lease;
  private final ConsumedStream stream;
  private final Acknowledgements acknowledgements;
  private final HandBack handBack;
  private final ShardReader reader;
  private boolean leaving; // event loop only

  /**
   * What a shard needs of its source.
   *
   * @param whole the group as it is for all shards
   * @param intake the pool
   * @param watch tells of new entries
   * @param ended called where the server says that the lease is not ours
   */
  record Surroundings(StreamGroup whole, Intake intake, EntryWatch watch, Runnable ended) {}

  OwnedShard(Partition partition, Lease lease, Surroundings around) {
    this.lease = lease;
    StreamGroup whole = around.whole();
    this.group = whole.as(whole.consumer() + "#" + lease.fence());
    List<ConsumedStream> only = new ArrayList<>(1);
    this.acknowledgements = new Acknowledgements(group, only);
    this.stream = new ConsumedStream(partition, acknowledgements::due, at -> lease.isHeld());
    only.add(stream);
    this.handBack = new HandBack(group, only);
    ShardReader.Guard guard = new ShardReader.Guard(lease.key(), lease.holder(), around.ended());
    this.reader =
        new ShardReader(group, stream, new Arrivals(group, around.intake()), around.watch(), guard);
  }

  Partition partition() {
    return stream.partition();
  }

  String name() {
    return stream.name();
  }

  ConsumedStream stream() {
    return stream;
  }

  /** The name under which the group knows us here. */
  String consumer() {
    return group.consumer();
  }

  /** Whether it is ours by this lease. */
  boolean isUnder(Lease one) {
    return lease.equals(one);
  }

  /** What the server refused last, or "" where the last answer was fine. */
  String refusal() {
    String refusal = group.refusal();
    return refusal == null ? "" : refusal;
  }

  /** Whether it is on its way to another, so that it counts no more as ours. */
  boolean isLeaving() {
    return leaving;
  }

  void leave() {
    leaving = true;
  }

  void grant(int messages, long bytes) {
    stream.grant(messages, bytes);
    reader.read();
  }

  /** After an outage nothing needs to wait for the next try. */
  void reconnected() {
    acknowledgements.reconnected();
  }

  /** Takes nothing new any more, for good; completes when nothing can arrive. */
  Future<Void> closeIntake() {
    group.close(false);
    return reader.stop();
  }

  Future<Flush> flush() {
    return acknowledgements.flush();
  }

  Future<Flush> giveBack() {
    return handBack.giveBack();
  }

  /** Whether something of it may still have to be acknowledged. */
  boolean isInHand() {
    return !stream.isEmpty();
  }

  /**
   * Acknowledges what is finished, gives back what is not, and then the lease; completes with what
   * came of it: ok, or unknown. Never fails. What still runs is acknowledged when it has finished.
   */
  Future<String> handOver() {
    return flush()
        .compose(
            flushed ->
                giveBack().compose(given -> release()).map(gone -> commitOf(flushed.positions())));
  }

  /** Leaves the group where nothing is pending for us, and gives the lease back; never fails. */
  Future<Void> release() {
    // In one pipeline: the server carries them out in this order.
    Future<Void> left = handBack.leave();
    return Future.join(left, lease.release()).<Void>mapEmpty().otherwiseEmpty();
  }

  /** The connections go: nothing is sent any more. */
  void close() {
    group.close(true);
  }

  private static String commitOf(List<CommittedPosition> positions) {
    return positions.stream().map(CommittedPosition::commit).findFirst().orElse("ok");
  }
}
