package dev.tailrace.smallworld;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import dev.tailrace.source.PositionMetadata;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sees everything from outside, keeps books of its own, and throws when a promise is broken. It
 * trusts neither the store's leases nor the tracker's positions.
 */
final class SmallWitness {
  private static final ThreadLocal<@Nullable AssertionError> FIRST = new ThreadLocal<>();

  private final Simulation clock;
  private final boolean claims;
  private final Sightings sightings;
  private final Map<String, Grant> grants = new TreeMap<>();
  private final List<Effects> effects = new ArrayList<>();
  private @Nullable SmallInstance lastOwner;
  private boolean timely = true;

  /** The claim of a key, as it stands at the store. */
  private static final class Grant {
    private final SmallInstance holder;
    private final String claimId;
    private final long token;
    private long endNanos;
    private boolean over; // given back, or finished
    private boolean finished;

    Grant(SmallInstance holder, Fence fence, long endNanos) {
      this.holder = holder;
      this.claimId = fence.claimId();
      this.token = fence.token();
      this.endNanos = endNanos;
    }
  }

  /** The effects of one message in the world. */
  static final class Effects {
    private final BitSet tokens = new BitSet(); // of their claims, where there is a store
    private final List<Ungraded> ungraded = new ArrayList<>(1); // where there is none
    private @Nullable SmallInstance last; // whose the last one was; only for sightings
  }

  /** An effect without a claim. */
  private record Ungraded(SmallInstance by, int epoch) {}

  /**
   * Makes a witness.
   *
   * @param claims whether there is a store, so that effects are of grade B, else of grade A
   */
  SmallWitness(Simulation clock, boolean claims, Sightings sightings) {
    this.clock = clock;
    this.claims = claims;
    this.sightings = sightings;
    for (int i = 0; i < SmallMessage.LOG.size(); i++) {
      effects.add(new Effects());
    }
  }

  /** From now on time passes that nobody planned for: what was due by a deadline may be late. */
  void late() {
    timely = false;
  }

  boolean isFinished(int offset) {
    return effects.get(offset).last != null;
  }

  // -- P2, P3: handlers and effects

  void starts(SmallMessage message) {
    for (SmallMessage before : SmallMessage.LOG.subList(0, message.offset())) {
      hold(
          !before.key().equals(message.key()) || isFinished(before.offset()),
          "P3",
          message,
          " starts before ",
          before,
          " is done");
    }
  }

  /**
   * Grade A: only what did not end with its partition may repeat. Grade B: one effect per claim;
   * that a key is claimed again only after its claim ran out (W1, W2), {@link #claimed} sees to.
   */
  void effect(SmallInstance by, SmallInstance.Call call) {
    SmallMessage message = call.message();
    Effects before = effects.get(message.offset());
    if (claims) {
      hold(!before.tokens.get(call.token()), "P2", message, " has two effects of one claim");
    } else {
      hold(
          by.mayRepeat(call.epoch())
              || before.ungraded.stream().allMatch(each -> each.by().mayRepeat(each.epoch())),
          "P2",
          message,
          " has a second effect, although its first owner ended in order");
    }
    if (before.last != null && claims) {
      boolean died = before.last.loop.isCrashed();
      sightings.saw(died ? Sighting.WORKER_DIED : Sighting.CLAIM_PASSED_ON);
    } else if (before.last != null) {
      sightings.saw(Sighting.REPEATED);
    }
    if (claims) {
      before.tokens.set(call.token());
    } else {
      before.ungraded.add(new Ungraded(by, call.epoch()));
    }
    before.last = by;
  }

  // -- P2, P7: claims and marks, as the store carries them out

  void claimed(SmallInstance by, ClaimRequest request, ClaimAnswer answer) {
    Grant held = grants.get(request.key());
    if (answer.kind() == ClaimAnswer.Kind.BUSY) {
      sightings.saw(Sighting.KEY_BUSY);
    } else if (answer.kind() == ClaimAnswer.Kind.DONE) {
      sightings.saw(Sighting.KEY_DONE);
      hold(held != null && held.finished, "P2", request.key(), " is done by nobody");
    }
    Fence fence = answer.fence();
    if (fence == null) {
      return;
    }
    if (held != null && held.claimId.equals(request.claimId())) {
      hold(held.token == fence.token(), "P7", "the same claim has another fence");
      sightings.saw(Sighting.CLAIM_SENT_AGAIN);
      held.endNanos = leaseEnd();
      return;
    }
    if (held != null) {
      hold(!held.finished, "P2", request.key(), " is finished and claimed again");
      hold(held.token < fence.token(), "P7", "fences do not grow");
      hold(
          held.over || held.endNanos <= clock.nanos(),
          "P2",
          request.key(),
          " has two holders: ",
          held.holder,
          " and ",
          by);
    }
    grants.put(request.key(), new Grant(by, fence, leaseEnd()));
  }

  private long leaseEnd() {
    return clock.nanos() + SmallInstance.LEASE.toNanos();
  }

  void marked(Fence fence, boolean written) {
    Grant held = grants.get(fence.key());
    hold(held != null, "P7", "a mark without a claim");
    if (held == null || !written) {
      sightings.saw(Sighting.MARK_CAME_TOO_LATE);
      return;
    }
    sightings.saw(held.holder.loop.isCrashed() ? Sighting.MARK_OF_THE_DEAD : Sighting.MARKED);
    if (held.finished) {
      sightings.saw(Sighting.MARK_SENT_AGAIN);
    }
    hold(held.token <= fence.token(), "P7", "a mark under a claim that has passed on");
    hold(isFinished(offset(fence.key())), "P1", fence.key(), " is marked before its effect");
    held.finished = true;
    held.over = true;
  }

  void renewed(Fence fence, boolean prolonged) {
    Grant held = grants.get(fence.key());
    if (held != null && prolonged) {
      hold(held.token == fence.token(), "P7", "the lease of another was renewed");
      held.endNanos = leaseEnd();
    }
  }

  void released(ReleaseRequest request, boolean given) {
    Grant held = grants.get(request.key());
    if (held != null && given) {
      hold(held.claimId.equals(request.claimId()), "P7", "the claim of another was released");
      boolean effective = effects.get(offset(request.key())).tokens.get((int) held.token);
      hold(!effective, "P2", request.key(), " is given back after its effect");
      held.over = true;
    }
  }

  private static int offset(String key) {
    return Integer.parseInt(key.substring(key.indexOf('@') + 1));
  }

  // -- P6: positions

  /**
   * A commit is carried out.
   *
   * @param known what its sender finished in the epoch in which it owns the partition, or knew when
   *     that began; null where the sender does not own it
   */
  void committed(@Nullable BitSet known, Partition partition, Position before, Position now) {
    hold(known != null, "P6", partition, " was committed by one who does not own it");
    hold(now.offset() >= before.offset(), "P6", before, " moved back to ", now);
    for (int offset = 0; offset < SmallMessage.LOG.size() && known != null; offset++) {
      boolean finished = saysFinished(now, offset);
      hold(!finished || isFinished(offset), "P6", "committed before it was done: ", offset);
      hold(!finished || known.get(offset), "P7", "moved by work of an older epoch: ", offset);
    }
  }

  /** A commit of an older generation. */
  void refused() {
    sightings.saw(Sighting.COMMIT_OF_A_ZOMBIE);
  }

  static boolean saysFinished(Position position, int offset) {
    int above = (int) (offset - position.offset());
    if (above < 0) {
      return true;
    }
    PositionMetadata metadata =
        PositionMetadata.decode(position.offset(), position.metadata())
            .metadata()
            .orElseThrow(() -> new AssertionError("P6: damaged metadata"));
    return metadata.finished(above);
  }

  void overran() {
    sightings.saw(Sighting.OVERRAN);
  }

  void settled(SmallMessage message, String detail) {
    if (detail.equals("finished before")) {
      sightings.saw(Sighting.KNOWN_FROM_METADATA);
    }
    hold(isFinished(message.offset()), "P1", message, " is settled and was not done");
  }

  /**
   * A partition begins a new epoch; what ended in order left its positions.
   *
   * @return who owned it before; or null
   */
  @Nullable SmallInstance assigned(SmallInstance to, Position committed) {
    SmallInstance before = lastOwner;
    lastOwner = to;
    if (before == null || !timely || !before.endedCleanly()) {
      return before;
    }
    before.settled().stream()
        .forEach(
            offset ->
                hold(
                    saysFinished(committed, offset),
                    "P6",
                    offset,
                    " was finished before its partition was handed over in order"));
    return before;
  }

  // -- the end

  void atRest(Position committed, @Nullable SmallInstance owner) {
    hold(owner != null, "P1", "at rest, and the partition is nobody's");
    for (int offset = 0; offset < SmallMessage.LOG.size(); offset++) {
      hold(isFinished(offset), "P1", "at rest, and never done: ", offset);
    }
    hold(
        committed.offset() == SmallMessage.LOG.size(),
        "P6",
        "at rest, and committed is ",
        committed);
  }

  /** A world begins on this thread. */
  static void begin() {
    FIRST.remove();
  }

  /** Throws what was broken first, which the production code may have taken for a handler's. */
  static void rethrow() {
    AssertionError broken = FIRST.get();
    if (broken != null) {
      throw broken;
    }
  }

  /** Words are put together only where they are needed: this is called after every step. */
  static void hold(boolean condition, String promise, Object... broken) {
    if (!condition) {
      StringBuilder words = new StringBuilder(promise).append(": ");
      for (Object word : broken) {
        words.append(word);
      }
      AssertionError error = new AssertionError(words.toString());
      if (FIRST.get() == null) {
        FIRST.set(error);
      }
      throw error;
    }
  }
}
