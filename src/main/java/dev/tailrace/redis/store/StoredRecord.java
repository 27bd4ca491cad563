package dev.tailrace.redis.store;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.EffectAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.IdempotencyStore.Completion;
import dev.tailrace.idempotency.IdempotencyStore.ReleaseRequest;
import dev.tailrace.idempotency.IdempotencyStore.Why;
import dev.tailrace.message.Fence;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server knows of a key, and what each operation makes of it: the rules of the scripts,
 * for a server that runs none. Immutable. Times are of the server's clock.
 *
 * @param state one of the five below
 * @param fence of the last claim, in µs
 * @param claimId of the last claim; empty once finished
 * @param owner of the last claim, for people
 * @param leaseEnd in ms; 0 where nobody holds it
 * @param lease its length in ms
 * @param hash of the payload; empty where it is not known
 * @param attempts failures reported, and ends while it ran alone
 * @param suspicions leases that ran out while it ran beside others
 * @param finishedAt in ms, or 0
 * @param alone 1 while its message runs alone in its process
 * @param resume where the next claim goes on; empty for the beginning
 */
record StoredRecord(
    long state,
    long fence,
    Buffer claimId,
    Buffer owner,
    long leaseEnd,
    long lease,
    Buffer hash,
    long attempts,
    long suspicions,
    long finishedAt,
    long alone,
    Buffer resume) {

  private static final long IDLE = 0;
  private static final long CLAIMED = 1;
  private static final long DONE = 2;
  private static final long DEAD = 3;
  private static final long BROKEN = 4; // its effects were carried out in part, by a script
  private static final Buffer NOTHING = Buffer.buffer();
  private static final int FIELDS =
      10; // and alone and resume, which earlier versions did not write
  private static final List<Integer> TEXTS = List.of(2, 3, 6);
  private static final long MOST_NUMBER = (1L << 53) - 1; // that the scripts count with

  /** Reads a record; null where there is none, or one that is damaged, which is as good as lost. */
  static @Nullable StoredRecord read(byte @Nullable [] packed) {
    List<Object> items = packed == null ? null : RecordForm.unpack(packed);
    if (items == null || items.size() < FIELDS) {
      return null;
    }
    for (int i = 0; i < FIELDS; i++) {
      boolean text = items.get(i) instanceof Buffer;
      if (text != TEXTS.contains(i)
          || (items.get(i) instanceof Long number && (number < 0 || number > MOST_NUMBER))) {
        return null;
      }
    }
    StoredRecord read =
        new StoredRecord(
            (Long) items.get(0),
            (Long) items.get(1),
            (Buffer) items.get(2),
            (Buffer) items.get(3),
            (Long) items.get(4),
            (Long) items.get(5),
            (Buffer) items.get(6),
            (Long) items.get(7),
            (Long) items.get(8),
            (Long) items.get(9),
            items.size() > FIELDS && Long.valueOf(1).equals(items.get(FIELDS)) ? 1 : 0,
            items.size() > FIELDS + 1 && items.get(FIELDS + 1) instanceof Buffer resume
                ? resume
                : NOTHING);
    boolean countable = read.attempts < Integer.MAX_VALUE && read.suspicions < Integer.MAX_VALUE;
    return read.state <= BROKEN && countable ? read : null;
  }

  byte[] packed() {
    return RecordForm.pack(
        List.of(
            state,
            fence,
            claimId,
            owner,
            leaseEnd,
            lease,
            hash,
            attempts,
            suspicions,
            finishedAt,
            alone,
            resume));
  }

  /**
   * What an operation says, and what it leaves behind.
   *
   * @param record the record from now on, or null where it stays as it is
   * @param keepMillis how long, from now, where there is one
   */
  record Change<R>(R answer, @Nullable StoredRecord record, long keepMillis) {
    static <R> Change<R> none(R answer) {
      return new Change<>(answer, null, 0);
    }
  }

  /** A claim of a key of which {@code known} is known. */
  static Change<ClaimAnswer> claim(
      @Nullable StoredRecord known, ClaimRequest request, Buffer hash, Moment moment) {
    if (known == null) {
      return granted(null, request, hash, moment);
    }
    if (known.hash.length() > 0 && hash.length() > 0 && !known.hash.equals(hash)) {
      return Change.none(ClaimAnswer.of(ClaimAnswer.Kind.MISMATCH));
    }
    if (known.state == BROKEN) {
      return Change.none(ClaimAnswer.of(ClaimAnswer.Kind.BROKEN));
    }
    if (known.state == DONE || known.state == DEAD) {
      return Change.none(
          ClaimAnswer.of(known.state == DONE ? ClaimAnswer.Kind.DONE : ClaimAnswer.Kind.DEAD));
    }
    boolean same = known.claimId.equals(Buffer.buffer(request.claimId()));
    long now = moment.millis();
    if (known.state == CLAIMED && same) { // its first answer was lost
      long lease = request.lease().toMillis();
      StoredRecord renewed = known.held(now + lease, lease, known.alone);
      return new Change<>(won(request, renewed), renewed, moment.keepHeld(lease));
    }
    if (known.state == CLAIMED && known.leaseEnd > now) {
      return Change.none(ClaimAnswer.busy(Duration.ofMillis(known.leaseEnd - now)));
    }
    if (known.state == IDLE && same) { // a copy that comes late
      return Change.none(ClaimAnswer.busy(Duration.ZERO));
    }
    return granted(known, request, hash, moment);
  }

  private static Change<ClaimAnswer> granted(
      @Nullable StoredRecord known, ClaimRequest request, Buffer hash, Moment moment) {
    long fence = moment.micros();
    long attempts = 0;
    long suspicions = 0;
    if (known != null) {
      boolean left = known.state == CLAIMED; // its holder neither finished nor released it
      fence = Math.max(known.fence + 1, fence);
      attempts = known.attempts + (left && known.alone == 1 ? 1 : 0);
      suspicions = known.suspicions + (left && known.alone == 0 ? 1 : 0);
    }
    long lease = request.lease().toMillis();
    StoredRecord record =
        new StoredRecord(
            CLAIMED,
            fence,
            Buffer.buffer(request.claimId()),
            Buffer.buffer(request.owner()),
            moment.millis() + lease,
            lease,
            hash,
            attempts,
            suspicions,
            0,
            0,
            known == null ? NOTHING : known.resume);
    return new Change<>(won(request, record), record, moment.keepHeld(lease));
  }

  private static ClaimAnswer won(ClaimRequest request, StoredRecord record) {
    return ClaimAnswer.won(
        new Fence(request.key(), request.claimId(), record.fence),
        Math.toIntExact(record.attempts),
        Math.toIntExact(record.suspicions),
        record.resume.toString());
  }

  /** The end of a key's work; what the server has lost meanwhile is written all the same. */
  static Change<Boolean> complete(
      @Nullable StoredRecord known, Completion completion, Moment moment) {
    long fence = completion.fence().token();
    if (known != null && known.fence > fence) {
      return Change.none(false);
    }
    if (known != null && known.fence == fence && (known.state == DONE || known.state == DEAD)) {
      return Change.none(true);
    }
    StoredRecord finished =
        new StoredRecord(
            completion.dead() ? DEAD : DONE,
            fence,
            NOTHING,
            NOTHING,
            0,
            0,
            known == null ? NOTHING : known.hash,
            known == null ? 0 : known.attempts,
            known == null ? 0 : known.suspicions,
            moment.millis(),
            0,
            NOTHING);
    return new Change<>(true, finished, Math.max(completion.retention().toMillis(), 1));
  }

  /** What has become of the effects of a claim; null where they may be carried out. */
  static @Nullable EffectAnswer carriedOut(@Nullable StoredRecord known, Fence fence) {
    if (known == null || known.fence != fence.token()) {
      return EffectAnswer.of(EffectAnswer.Kind.PASSED);
    }
    if (known.state == BROKEN) {
      return new EffectAnswer(EffectAnswer.Kind.BROKEN, known.owner.toString());
    }
    if (known.state == CLAIMED) {
      return null;
    }
    return EffectAnswer.of(known.state == DONE ? EffectAnswer.Kind.DONE : EffectAnswer.Kind.PASSED);
  }

  /** Effects of this claim were carried out in part. */
  StoredRecord broken(String error, Moment moment) {
    return new StoredRecord(
        BROKEN,
        fence,
        NOTHING,
        Buffer.buffer(error),
        0,
        0,
        hash,
        attempts,
        suspicions,
        moment.millis(),
        0,
        NOTHING);
  }

  /** Prolongs the lease of a claim. */
  static Change<Boolean> renew(@Nullable StoredRecord known, Fence fence, Moment moment) {
    return known == null || !known.isHeldBy(fence)
        ? Change.none(false)
        : new Change<>(
            true,
            known.held(moment.millis() + known.lease, known.lease, known.alone),
            moment.keepHeld(known.lease));
  }

  /** Notes that the message of a claim is about to run alone. */
  static Change<Boolean> alone(@Nullable StoredRecord known, Fence fence, Moment moment) {
    return known == null || !known.isHeldBy(fence)
        ? Change.none(false)
        : new Change<>(
            true, known.held(known.leaseEnd, known.lease, 1), moment.keepHeld(known.lease));
  }

  /** Gives a claim back. */
  static Change<Boolean> release(
      @Nullable StoredRecord known, ReleaseRequest release, Moment moment) {
    if (known == null || !known.claimId.equals(Buffer.buffer(release.claimId()))) {
      return Change.none(false);
    }
    if (known.state != CLAIMED) {
      return Change.none(known.state == IDLE);
    }
    // Under another fence a late copy of the claim was granted anew: nobody works under that, and
    // the failure was counted with the first.
    boolean worked = release.token() == known.fence;
    boolean failed = release.why() == Why.FAILED && worked;
    String resume = worked ? release.resume() : null;
    StoredRecord idle =
        new StoredRecord(
            IDLE,
            known.fence,
            known.claimId,
            known.owner,
            0,
            known.lease,
            known.hash,
            known.attempts + (failed ? 1 : 0),
            known.suspicions,
            known.finishedAt,
            0,
            resume == null ? known.resume : Buffer.buffer(resume));
    return new Change<>(true, idle, moment.keepMillis());
  }

  private boolean isHeldBy(Fence by) {
    return state == CLAIMED && fence == by.token();
  }

  private StoredRecord held(long until, long length, long byItself) {
    return new StoredRecord(
        state,
        fence,
        claimId,
        owner,
        until,
        length,
        hash,
        attempts,
        suspicions,
        finishedAt,
        byItself,
        resume);
  }

  /**
   * When an operation happens, by the server's clock.
   *
   * @param micros since 1970
   * @param keepMillis how long a record stays that is not finished
   */
  record Moment(long micros, long keepMillis) {
    long millis() {
      return micros / 1_000;
    }

    /** A record that is held outlives its lease. */
    long keepHeld(long lease) {
      return Math.max(keepMillis, 2 * lease);
    }
  }
}
