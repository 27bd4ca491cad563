package dev.tailrace.idempotency;

import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records in this process's memory, those of one consumer: grade A, since they end with the process
 * and do not move with a partition. Belongs to its loop; answers at once.
 *
 * <p>Bounded: where a new record does not fit, the one that has rested longest goes, finished or
 * given back; claims that are held are never dropped, a claim beyond them is failed.
 */
public final class MemoryStore implements IdempotencyStore {
  private final Loop loop;
  private final MemoryLimits limits;
  private final Map<String, Entry> claimed = new HashMap<>(); // event loop only
  private final Map<String, Entry> resting =
      new LinkedHashMap<>(); // event loop only; what rests longest first
  private long lastToken; // event loop only
  private long dropped; // event loop only

  /**
   * The bounds of a store in memory.
   *
   * @param records the most keys remembered, at least 1; beyond it the oldest are forgotten
   * @param unfinished how long attempts and suspicions of a key that nobody holds stay
   */
  public record MemoryLimits(int records, Duration unfinished) {
    /** A million records, a week. */
    public static final MemoryLimits DEFAULT = new MemoryLimits(1_000_000, Duration.ofDays(7));

    /** Refuses a limit below 1. */
    public MemoryLimits {
      if (records < 1) {
        throw new IllegalArgumentException("records must be at least 1, not " + records);
      }
    }
  }

  private enum State {
    CLAIMED,
    RELEASED,
    DONE,
    DEAD
  }

  /** What is known of a key. All fields belong to the event loop. */
  private static final class Entry {
    private State state = State.CLAIMED;
    private String claimId = "";
    private String payloadHash = "";
    private long token;
    private long leaseNanos;
    private long endNanos; // of the lease while claimed, of the record while resting
    private int attempts;
    private int suspicions;
    private String resume = ""; // where the next claim goes on
    private boolean alone; // while claimed: its message runs alone in its process
  }

  /** Makes an empty store. */
  public MemoryStore(Loop loop, MemoryLimits limits) {
    this.loop = loop;
    this.limits = limits;
  }

  @Override
  public Grade grade() {
    return Grade.A;
  }

  @Override
  public String label() {
    return "memory";
  }

  @Override
  public Future<Void> open() {
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
    return each(requests, this::claim);
  }

  @Override
  public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
    return each(completions, completion -> Reply.ok(complete(completion)));
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return each(fences, fence -> Reply.ok(renew(fence)));
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return each(fences, fence -> Reply.ok(markAlone(fence)));
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return each(releases, release -> Reply.ok(release(release)));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  /** Keys remembered now. */
  public int size() {
    return claimed.size() + resting.size();
  }

  /** Records forgotten before their time because the store was full. */
  public long dropped() {
    return dropped;
  }

  private <T, R> Future<List<Reply<R>>> each(List<T> items, Function<T, Reply<R>> operation) {
    assert loop.inLoop();
    forgetExpired();
    List<Reply<R>> replies = new ArrayList<>(items.size());
    for (T item : items) {
      replies.add(operation.apply(item));
    }
    return Future.succeededFuture(replies);
  }

  private Reply<ClaimAnswer> claim(ClaimRequest request) {
    Entry entry = entry(request.key());
    if (entry == null) {
      return makeRoom() ? Reply.ok(won(request, new Entry())) : Reply.failed(full());
    }
    if (!entry.payloadHash.isEmpty() && !entry.payloadHash.equals(request.payloadHash())) {
      return Reply.ok(ClaimAnswer.of(ClaimAnswer.Kind.MISMATCH));
    }
    return Reply.ok(
        switch (entry.state) {
          case DONE -> ClaimAnswer.of(ClaimAnswer.Kind.DONE);
          case DEAD -> ClaimAnswer.of(ClaimAnswer.Kind.DEAD);
          case RELEASED ->
              entry.claimId.equals(request.claimId()) // a copy that comes late
                  ? ClaimAnswer.busy(Duration.ZERO)
                  : won(request, entry);
          case CLAIMED -> claimHeld(request, entry);
        });
  }

  private ClaimAnswer claimHeld(ClaimRequest request, Entry entry) {
    if (entry.claimId.equals(request.claimId())) { // the first answer was lost
      entry.endNanos = loop.nanos() + entry.leaseNanos;
      return answer(request.key(), entry);
    }
    long remaining = entry.endNanos - loop.nanos();
    if (remaining > 0) {
      return ClaimAnswer.busy(Duration.ofNanos(remaining));
    }
    if (entry.alone) { // its holder neither finished nor released it
      entry.attempts++;
    } else {
      entry.suspicions++;
    }
    return won(request, entry);
  }

  private ClaimAnswer won(ClaimRequest request, Entry entry) {
    lastToken = Math.max(lastToken + 1, ChronoUnit.MICROS.between(Instant.EPOCH, loop.wall()));
    entry.state = State.CLAIMED;
    entry.alone = false;
    entry.claimId = request.claimId();
    entry.payloadHash = request.payloadHash();
    entry.token = lastToken;
    entry.leaseNanos = request.lease().toNanos();
    entry.endNanos = loop.nanos() + entry.leaseNanos;
    resting.remove(request.key());
    claimed.put(request.key(), entry);
    return answer(request.key(), entry);
  }

  private static ClaimAnswer answer(String key, Entry entry) {
    return ClaimAnswer.won(
        new Fence(key, entry.claimId, entry.token), entry.attempts, entry.suspicions, entry.resume);
  }

  private boolean complete(Completion completion) {
    Fence fence = completion.fence();
    Entry entry = entry(fence.key());
    if (entry == null) { // forgotten, but nobody else has claimed it: the finish is the truth
      entry = new Entry();
      entry.token = fence.token();
      if (!makeRoom()) {
        return true;
      }
    }
    if (entry.token > fence.token()) {
      return false;
    }
    if (entry.state != State.DONE && entry.state != State.DEAD) {
      entry.state = completion.dead() ? State.DEAD : State.DONE;
      rest(fence.key(), entry, completion.retention());
    }
    return true;
  }

  private boolean renew(Fence fence) {
    Entry entry = claimed.get(fence.key());
    if (entry == null || entry.token != fence.token()) {
      return false;
    }
    entry.endNanos = loop.nanos() + entry.leaseNanos;
    return true;
  }

  private boolean markAlone(Fence fence) {
    Entry entry = claimed.get(fence.key());
    boolean holds = entry != null && entry.token == fence.token();
    if (entry != null && holds) {
      entry.alone = true;
    }
    return holds;
  }

  private boolean release(ReleaseRequest release) {
    Entry entry = entry(release.key());
    if (entry == null || !entry.claimId.equals(release.claimId())) {
      return false;
    }
    if (entry.state == State.CLAIMED) {
      entry.state = State.RELEASED;
      if (release.token() == entry.token) {
        entry.attempts += release.why() == Why.FAILED ? 1 : 0;
        entry.resume = release.resume() == null ? entry.resume : release.resume();
      }
      rest(release.key(), entry, limits.unfinished());
    }
    return entry.state == State.RELEASED;
  }

  private void rest(String key, Entry entry, Duration howLong) {
    entry.endNanos = loop.nanos() + howLong.toNanos();
    claimed.remove(key);
    resting.remove(key); // to its new place at the end
    resting.put(key, entry);
  }

  private @Nullable Entry entry(String key) {
    Entry held = claimed.get(key);
    if (held != null) {
      return held;
    }
    Entry rests = resting.get(key);
    if (rests != null && rests.endNanos - loop.nanos() <= 0) {
      resting.remove(key);
      return null;
    }
    return rests;
  }

  /** From the oldest on; where retentions differ, {@link #entry} catches the rest. */
  private void forgetExpired() {
    long now = loop.nanos();
    Iterator<Entry> oldest = resting.values().iterator();
    while (oldest.hasNext() && oldest.next().endNanos - now <= 0) {
      oldest.remove();
    }
  }

  private boolean makeRoom() {
    if (size() < limits.records()) {
      return true;
    }
    Iterator<Entry> oldest = resting.values().iterator();
    if (!oldest.hasNext()) {
      return false;
    }
    oldest.next();
    oldest.remove();
    dropped++;
    return true;
  }

  private IllegalStateException full() {
    return new IllegalStateException(
        "all " + limits.records() + " records are claims that are held");
  }
}
