package dev.tailrace.smallworld;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The group at the broker: who owns the partition, and the committed position. As Kafka's, it
 * refuses commits of an older generation and does not ask who owns the partition.
 */
final class SmallGroup {
  private final SmallWitness witness;
  private Position committed = new Position(0, "");
  private int generation = 1;
  private @Nullable SmallInstance owner;
  private @Nullable SmallInstance next;
  private Stage stage = Stage.FREE;

  /** How an assignment stands. */
  enum Stage {
    /** Nobody's; the next owner will be told. */
    FREE,
    /** Its owner works on it. */
    OWNED,
    /** Its owner was asked to give it back. */
    REVOKING,
    /** Its owner has died, and nobody knows yet. */
    ORPHANED
  }

  SmallGroup(SmallWitness witness) {
    this.witness = witness;
  }

  /** The first owner. */
  void begin(SmallInstance first) {
    next = first;
  }

  Stage stage() {
    return stage;
  }

  @Nullable SmallInstance owner() {
    return owner;
  }

  /** Whether the next owner can be told: it lives, and knows that it lost what it lost. */
  boolean canAssign() {
    return stage == Stage.FREE && next != null && !next.loop.isCrashed() && !next.isEvicted();
  }

  Position committed() {
    return committed;
  }

  /** The next owner hears that the partition is its own, and where to go on. */
  void assign() {
    SmallInstance to = Objects.requireNonNull(next);
    stage = Stage.OWNED;
    SmallInstance before = witness.assigned(to, committed);
    if (before != null && before != to) {
      before.succeeded();
    }
    owner = to;
    to.assigned(committed, generation);
  }

  /** The owner is asked to hand the partition over. */
  void revoke(SmallInstance to) {
    stage = Stage.REVOKING;
    next = to;
    if (owner != null) {
      owner.revoke(this::handedOver);
    }
  }

  private void handedOver(SmallInstance from) {
    if (from == owner && stage == Stage.REVOKING) {
      free();
      from.join(generation);
    }
  }

  /** The owner is taken for dead, wrongly, and does not know. */
  void evict(SmallInstance to) {
    next = to;
    if (owner != null) {
      owner.evict();
    }
    free();
  }

  /** A process has died: its session runs out some time. */
  void crashed(SmallInstance dead, SmallInstance survivor) {
    next = survivor;
    if (owner == dead) {
      stage = Stage.ORPHANED;
    } else if (owner != null) {
      dead.succeeded();
    }
  }

  /** The session of a dead owner has run out. */
  void expire() {
    free();
  }

  private void free() {
    stage = Stage.FREE;
    generation++;
    owner = null;
  }

  int generation() {
    return generation;
  }

  Reply<Void> commit(int ofGeneration, SmallInstance from, Partition partition, Position position) {
    if (ofGeneration != generation) {
      witness.refused();
      return Reply.failed(new IllegalStateException("not a member of this generation"));
    }
    witness.committed(from == owner ? from.settled() : null, partition, committed, position);
    committed = position;
    return done();
  }

  @SuppressWarnings("NullAway") // the only Void there is
  private static Reply<Void> done() {
    return Reply.ok(null);
  }
}
