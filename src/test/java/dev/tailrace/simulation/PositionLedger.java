package dev.tailrace.simulation;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.PositionMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The positions that the broker keeps, and the judge of every one that is written: promises P1, P6,
 * P7 and P9. On the loop of the servers.
 */
final class PositionLedger {
  private final World world;

  /** So often resumed without a move, a message is suspected. */
  private static final int SUSPECTED = 2;

  private int metadataLimit = PositionMetadata.MAX_CHARS;

  PositionLedger(World world) {
    this.world = world;
  }

  /** From now on longer metadata is refused. */
  void limitMetadata(int chars) {
    metadataLimit = chars;
  }

  boolean limitsMetadata() {
    return metadataLimit < PositionMetadata.MAX_CHARS;
  }

  /** Whether positions have room for their resumes, and are all of the one topic there was. */
  boolean tellResumes() {
    return !limitsMetadata() && world.topic().incarnation() == 0;
  }

  List<@Nullable Position> committed(List<Partition> wanted) {
    List<@Nullable Position> held = new ArrayList<>(wanted.size());
    for (Partition partition : wanted) {
      held.add(world.topic().log(partition.source()).committed);
    }
    return held;
  }

  /** A position that the broker holds, and which topic of that name it is of. */
  record Held(Position position, int incarnation) {}

  List<@Nullable Held> held(List<Partition> wanted) {
    List<@Nullable Held> held = new ArrayList<>(wanted.size());
    for (Partition partition : wanted) {
      Topic.PartitionLog log = world.topic().log(partition.source());
      held.add(log.committed == null ? null : new Held(log.committed, log.committedOf));
    }
    return held;
  }

  Map<Partition, Reply<Void>> commit(
      GroupMember member, String id, int generation, Map<Partition, Position> positions) {
    Map<Partition, Reply<Void>> replies = new LinkedHashMap<>();
    String refusal = world.coordinator().refusal(member, id, generation);
    for (Map.Entry<Partition, Position> each : positions.entrySet()) {
      Position position = each.getValue();
      if (refusal != null) {
        replies.put(each.getKey(), Reply.failed(new Link.Unanswered(refusal)));
      } else if (position.metadata().length() > metadataLimit) {
        world.saw(Sometimes.METADATA_REFUSED);
        replies.put(each.getKey(), MemberCommits.tooLarge());
      } else {
        if (!world.coordinator().owns(id, each.getKey().source())) {
          throw world.broken(
              "P6: " + member + " commits " + each + ", which is not its own: " + id);
        }
        write(member, each.getKey(), position);
        replies.put(each.getKey(), done());
      }
    }
    return replies;
  }

  @SuppressWarnings("NullAway") // the one value that Void has
  private static Reply<Void> done() {
    return Reply.ok(null);
  }

  private void write(GroupMember member, Partition partition, Position position) {
    Topic.PartitionLog log = world.topic().log(partition.source());
    int incarnation = member.incarnation(partition.source());
    boolean anew = log.restarted || log.isOutdated();
    log.restarted = false;
    if (incarnation == log.incarnation) {
      check(member, partition, position, anew);
    } else {
      world.saw(Sometimes.POSITION_OF_A_DELETED_TOPIC_COMMITTED); // nobody has told it yet
    }
    countAlone(log, position);
    log.committed = position;
    log.committedOf = incarnation;
  }

  private void check(GroupMember member, Partition partition, Position position, boolean anew) {
    Topic.PartitionLog log = world.topic().log(partition.source());
    long before = anew ? 0 : log.committedOffset();
    if (position.offset() < before) {
      throw world.broken(
          "P6: "
              + member
              + " moves "
              + partition
              + " back from "
              + log.committed
              + " to "
              + position);
    }
    for (int i = log.indexOf(before); i < log.messages.size(); i++) {
      WorldMessage message = log.messages.get(i);
      if (message.offset() >= position.offset()) {
        break;
      }
      checkSettled(member, message, position, "passes");
    }
    if (!position.metadata().isEmpty()) {
      metadata(position)
          .ifPresent(
              above -> {
                int last = log.indexOf(position.offset() + above.length());
                for (int i = log.indexOf(position.offset()); i < last; i++) {
                  WorldMessage message = log.messages.get(i);
                  if (above.finished((int) (message.offset() - position.offset()))) {
                    checkSettled(member, message, position, "names as finished");
                  }
                }
              });
    }
  }

  private static void countAlone(Topic.PartitionLog log, Position position) {
    Position before = log.committed;
    int known = before == null || before.offset() != position.offset() ? 0 : resumes(before);
    int index = log.indexOf(position.offset());
    if (resumes(position) > Math.max(known, SUSPECTED) && index < log.messages.size()) {
      log.messages.get(index).countedAlone++;
    }
  }

  /**
   * P8: an epoch that ends in order ends no process: what it has counted for that is taken back.
   */
  private void checkResumes(Epoch epoch) {
    Topic.PartitionLog log = world.topic().log(epoch.source);
    Position before = epoch.resumed;
    Position after = log.committed;
    boolean inOrder = !epoch.isTroubled() && epoch.member.isKnown() && !epoch.abandonsSome;
    boolean anew = epoch.incarnation != log.incarnation;
    if (before == null || after == null || anew || !inOrder || limitsMetadata()) {
      return;
    }
    int resumed = resumes(before);
    int most = before.offset() == after.offset() ? resumed : resumed < SUSPECTED ? 0 : SUSPECTED;
    if (resumes(after) > most) {
      throw world.broken(
          "P8: %s ended in order, and of %d resumes of %d its position says %d at %d"
              .formatted(epoch.source, resumed, before.offset(), resumes(after), after.offset()));
    }
  }

  private static int resumes(Position position) {
    return metadata(position).map(PositionMetadata::resumes).orElse(0);
  }

  private static Optional<PositionMetadata> metadata(Position position) {
    return PositionMetadata.decode(position.offset(), position.metadata()).metadata();
  }

  private void checkSettled(
      GroupMember member, WorldMessage message, Position position, String how) {
    if (!message.settled && !message.log.isPassedOver(message)) {
      throw world.broken(
          "P1, P6: "
              + member
              + " commits "
              + position
              + ", which "
              + how
              + " "
              + message
              + ", which is not finished");
    }
  }

  /** How often the broker says that this message was resumed; 0 where it holds no mark. */
  int resumes(WorldMessage message) {
    Position held = world.topic().log(message.origin().source()).committed;
    return held == null || held.offset() != message.offset() ? 0 : resumes(held);
  }

  /**
   * Whether the committed position of its topic and its metadata say that the message is finished;
   * where that was deleted, the last one before.
   */
  private static boolean covers(WorldMessage message) {
    Topic.PartitionLog log = message.log;
    return log.committed != null && !log.isOutdated() && covers(log.committed, message);
  }

  /** Whether a position and its metadata say that the message is finished. */
  static boolean covers(Position held, WorldMessage message) {
    if (message.offset() < held.offset()) {
      return true;
    }
    int above = (int) (message.offset() - held.offset());
    return metadata(held).filter(metadata -> metadata.finished(above)).isPresent();
  }

  /** A partition is read anew from here on: what finished there repeats, and its position moves. */
  void restarts(Topic.PartitionLog log, long start) {
    log.restarted = true;
    for (int i = log.indexOf(start); i < log.messages.size(); i++) {
      WorldMessage message = log.messages.get(i);
      message.repeatable = message.effects.size();
    }
  }

  /**
   * An epoch has ended in order: all that finished in it is committed, save where something kept
   * the broker from hearing of it.
   */
  void ended(Epoch epoch) {
    checkResumes(epoch);
    for (WorldMessage message : epoch.settled) {
      boolean deleted = message.log != world.topic().log(epoch.source);
      if (!epoch.isMisread(message) && !covers(message)) {
        epoch.uncovered.add(message);
        if (!deleted && !epoch.isTroubled() && epoch.member.isKnown() && !limitsMetadata()) {
          throw world.broken(
              "P6: "
                  + message
                  + " finished in an epoch that ended in order, and the committed position "
                  + world.topic().log(epoch.source).committed
                  + " does not say so");
        }
      }
    }
  }
}
