package dev.tailrace.simulation;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.Fence;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shared store: one record per key, every answer decided here and by its own clock; and a
 * memory of every claim it granted, for the judges. On the loop of the servers.
 */
final class StoreServer {
  private final World world;
  private final Server server;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, Grant> grants = new HashMap<>(); // by claim id
  private final List<Grant> replaced = new ArrayList<>(0); // by later ones of the same id
  private Duration skew = Duration.ZERO;
  private long
      since; // when its records begin, by its clock; 0 where nobody has asked since a flush
  private int granted;
  private final List<StoreClient> clients = new ArrayList<>();
  private final List<Disturbance> disturbances = new ArrayList<>(); // not over when last asked
  private long troubled = Long.MIN_VALUE;

  /** A request that was disturbed holds up its client until it is answered or given up. */
  private record Disturbance(SimulatedProcess client, Future<?> answer) {
    boolean isOver() {
      return answer.isComplete() || client.isDead();
    }
  }

  /** How a claim ended, as the store saw it. */
  enum End {
    HELD,
    FINISHED,
    UNSTARTED,
    FAILED,
    SNOOZED,
    LEASE_OVER,
    RECORD_LOST
  }

  /** A claim that was granted. */
  static final class Grant {
    final String key;
    final int number; // in the order in which they were granted
    final SimulatedProcess process;
    final int attempts; // known when it was granted
    final int suspicions;
    boolean alone; // its message was to run alone
    boolean called; // its message's handler
    long prolonged; // nanos
    End end = End.HELD;

    Grant(String key, int number, SimulatedProcess process, Entry entry, long now) {
      this.key = key;
      this.number = number;
      this.process = process;
      this.attempts = entry.attempts;
      this.suspicions = entry.suspicions;
      this.prolonged = now;
    }
  }

  private enum State {
    IDLE,
    CLAIMED,
    DONE,
    DEAD
  }

  private static final class Entry {
    State state = State.IDLE;
    long token;
    String claimId = "";
    String hash = "";
    long endMicros;
    long leaseMicros;
    int attempts;
    int suspicions;
    String resume = "";
    boolean alone;
  }

  StoreServer(World world, Server server) {
    this.world = world;
    this.server = server;
  }

  Server server() {
    return server;
  }

  private long micros() {
    Instant now = world.simulation().wall().plus(skew);
    return ChronoUnit.MICROS.between(Instant.EPOCH, now);
  }

  private long nanos() {
    return world.simulation().nanos();
  }

  /** All records are gone. */
  void flush() {
    entries.values().stream()
        .filter(entry -> entry.state != State.IDLE)
        .forEach(entry -> world.saw(Sometimes.STORE_LOST_A_RECORD));
    entries.clear();
    since = 0;
    clients.removeIf(StoreClient::isGone);
    long most = StoreClient.INTERVAL.toMillis();
    clients.forEach(
        client -> client.lookWithin(Duration.ofMillis(world.choices().between(0, most))));
    grants.values().forEach(grant -> grant.end = End.RECORD_LOST);
    disturbed();
  }

  /** Its clock jumps. */
  void jump(Duration by) {
    skew = skew.plus(by);
    disturbed();
  }

  /** From now on a lease may have run out for a reason. */
  void disturbed() {
    troubled = nanos();
  }

  /** A request was disturbed: from now on, and until its client has heard of it or gives it up. */
  void disturbed(SimulatedProcess client, Future<?> answer) {
    disturbed();
    disturbances.removeIf(Disturbance::isOver);
    disturbances.add(new Disturbance(client, answer));
    answer.onComplete(any -> disturbed());
  }

  /** Whether anything befell the store, or the way to it, since then. */
  boolean wasTroubled(long since) {
    disturbances.removeIf(Disturbance::isOver);
    return troubled >= since || !disturbances.isEmpty();
  }

  /** It asks from now on. */
  void add(StoreClient client) {
    clients.add(client);
  }

  /** Since when it remembers: as in Redis, a record that whoever asks first sets. */
  long remembers() {
    since = since == 0 ? micros() : since;
    return since;
  }

  ClaimAnswer claim(ClaimRequest request, SimulatedProcess process) {
    Entry entry = entries.get(request.key());
    if (entry == null) {
      return won(request, process, new Entry());
    }
    if (!entry.hash.isEmpty() && !entry.hash.equals(request.payloadHash())) {
      return ClaimAnswer.of(ClaimAnswer.Kind.MISMATCH);
    }
    if (entry.state == State.DONE || entry.state == State.DEAD) {
      return ClaimAnswer.of(
          entry.state == State.DONE ? ClaimAnswer.Kind.DONE : ClaimAnswer.Kind.DEAD);
    }
    if (entry.state == State.CLAIMED) {
      if (entry.claimId.equals(request.claimId())) {
        world.saw(Sometimes.UNKNOWN_CLAIM_SENT_AGAIN);
        prolong(entry);
        return answer(request.key(), entry);
      }
      long remaining = entry.endMicros - micros();
      if (remaining > 0) {
        return ClaimAnswer.busy(Duration.of(remaining, ChronoUnit.MICROS));
      }
      entry.attempts += entry.alone ? 1 : 0;
      entry.suspicions += entry.alone ? 0 : 1;
      Grant over = grants.get(entry.claimId);
      if (over != null && !over.process.isDead()) {
        world.saw(Sometimes.LEASE_OF_A_LIVING_HOLDER_ENDED);
      }
      ended(entry, End.LEASE_OVER);
    } else if (entry.claimId.equals(request.claimId())) {
      return ClaimAnswer.busy(Duration.ZERO);
    }
    return won(request, process, entry);
  }

  private ClaimAnswer won(ClaimRequest request, SimulatedProcess process, Entry entry) {
    entry.token = Math.max(entry.token + 1, micros());
    entry.state = State.CLAIMED;
    entry.alone = false;
    entry.claimId = request.claimId();
    entry.hash = request.payloadHash();
    entry.leaseMicros = request.lease().toNanos() / 1_000;
    entries.put(request.key(), entry);
    // Once more under the same id, where the store has lost the first, or the request came twice
    // and late: it is another claim.
    Grant grant = new Grant(request.key(), granted++, process, entry, nanos());
    Grant before = grants.put(request.claimId(), grant);
    if (before != null) {
      replaced.add(before);
    }
    prolong(entry);
    return answer(request.key(), entry);
  }

  private void prolong(Entry entry) {
    entry.endMicros = micros() + entry.leaseMicros;
    Grant grant = grants.get(entry.claimId);
    if (grant != null) {
      grant.prolonged = nanos();
    }
  }

  private static ClaimAnswer answer(String key, Entry entry) {
    return ClaimAnswer.won(
        new Fence(key, entry.claimId, entry.token), entry.attempts, entry.suspicions, entry.resume);
  }

  boolean complete(Completion completion) {
    Fence fence = completion.fence();
    Entry entry = entries.computeIfAbsent(fence.key(), any -> new Entry());
    if (entry.token > fence.token()) {
      world.saw(Sometimes.LATE_FINISH_WITH_A_PASSED_TOKEN_REFUSED);
      return false;
    }
    if (entry.token == fence.token() && (entry.state == State.DONE || entry.state == State.DEAD)) {
      world.saw(Sometimes.UNKNOWN_MARK_SENT_AGAIN);
      return true;
    }
    Grant grant = grants.get(fence.claimId());
    if (grant != null) {
      world.effects().marked(grant);
    }
    ended(entry, End.FINISHED);
    entry.state = completion.dead() ? State.DEAD : State.DONE;
    entry.token = fence.token();
    entry.claimId = "";
    return true;
  }

  boolean renew(Fence fence) {
    Entry entry = entries.get(fence.key());
    if (entry == null || entry.state != State.CLAIMED || entry.token != fence.token()) {
      return false;
    }
    world.saw(Sometimes.LEASE_RENEWED);
    prolong(entry);
    return true;
  }

  boolean markAlone(Fence fence) {
    Entry entry = entries.get(fence.key());
    Grant grant = entry == null ? null : grants.get(entry.claimId);
    if (entry == null
        || grant == null
        || entry.state != State.CLAIMED
        || entry.token != fence.token()) {
      return false;
    }
    entry.alone = true;
    grant.alone = true;
    return true;
  }

  boolean release(ReleaseRequest release) {
    Entry entry = entries.get(release.key());
    if (entry == null || !entry.claimId.equals(release.claimId())) {
      return false;
    }
    if (entry.state == State.CLAIMED) {
      entry.state = State.IDLE;
      if (release.token() == entry.token) {
        entry.attempts += release.why() == Why.FAILED ? 1 : 0;
        entry.resume = release.resume() == null ? entry.resume : release.resume();
      }
      ended(
          entry,
          switch (release.why()) {
            case UNSTARTED -> End.UNSTARTED;
            case FAILED -> End.FAILED;
            case SNOOZED -> End.SNOOZED;
          });
    }
    return entry.state == State.IDLE;
  }

  private void ended(Entry entry, End end) {
    Grant grant = grants.get(entry.claimId);
    if (grant != null && grant.end == End.HELD) {
      grant.end = end;
    }
  }

  /** How many claims of the same key before this one ended while their message was to run alone. */
  long endedAlone(Grant last) {
    return Stream.concat(grants.values().stream(), replaced.stream())
        .filter(grant -> grant.alone && grant != last && grant.key.equals(last.key))
        .count();
  }

  @Nullable Grant grant(String claimId) {
    return grants.get(claimId);
  }

  /**
   * Whether a finish under this claim is safe: marked, or passed on, or lost by the store.
   *
   * @param token of the fence that the finish has
   */
  boolean isMarked(Grant grant, long token) {
    Entry entry = entries.get(grant.key);
    return grant.end == End.RECORD_LOST
        || (entry != null
            && (entry.token > token || entry.state == State.DONE || entry.state == State.DEAD));
  }

  /**
   * Claims that are held by processes that went in order; none, where no request of theirs was
   * carried out late.
   */
  long forgotten() {
    if (server.troubles() > 0) {
      return 0;
    }
    long forgotten = 0;
    for (Entry entry : entries.values()) {
      Grant grant = entry.state == State.CLAIMED ? grants.get(entry.claimId) : null;
      forgotten += grant != null && grant.process.hasDrainedClean() ? 1 : 0;
    }
    return forgotten;
  }
}
