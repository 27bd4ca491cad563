package dev.tailrace.verify;

/**
 * What a log tells of one attempt at one message: from its claim, or where there is none from its
 * start, to its end; or of a message that was held and not attempted. Also what others saw of a
 * message: an acknowledgement, an effect. Packed into a few words, since a run has millions.
 */
final class Leg {
  /** Words of a packed leg. */
  static final int WORDS = 10;

  /** The handler was called. */
  static final int STARTED = 1;

  /** It ran on after its partition, or its message alone, had gone. */
  static final int LATE = 1 << 1;

  /** The store refused to renew its claim. */
  static final int CLAIM_LOST = 1 << 2;

  /** Its mark was written. */
  static final int MARKED = 1 << 3;

  /** Its mark was refused, since another claim held the key. */
  static final int REFUSED = 1 << 4;

  /** The handler reported a failure that counts as an attempt. */
  static final int FAILED = 1 << 5;

  /** It ended as a dead letter because its attempts were used up. */
  static final int EXHAUSTED = 1 << 6;

  /** The destination refused its dead letter, so that it holds its position and goes on. */
  static final int UNSENDABLE = 1 << 7;

  /** It was acknowledged at the broker while it was unfinished. */
  static final int PASSED = 1 << 8;

  /** It ended in a way that may have been a failure or not: no event says which. */
  static final int UNSAID = 1 << 9;

  /**
   * Its process was silent or cut off meanwhile, so that its claim may have passed on before it
   * failed.
   */
  static final int LAPSED = 1 << 10;

  /** It came through a tier of retries; its place is the one that the message had at first. */
  static final int RETRIED = 1 << 11;

  /** It ran alone in its process, so that its end with that is an attempt. */
  static final int ALONE = 1 << 12;

  /** Its attempts were used up by processes that ended with it: it was not called a last time. */
  static final int LETHAL = 1 << 13;

  /** The store did not answer: it was started without a claim, or settled without a mark. */
  static final int UNCLAIMED = 1 << 14;

  private final Place place;
  private final End end;
  private final int ownership;
  private final int attempt;
  private final int failures;
  private final int flags;
  private final long seq;
  private final long fence;
  private final long clock;
  private final long offset;

  /**
   * Of which message.
   *
   * @param source the number of its partition or stream
   * @param position in it
   * @param keyHash of its idempotency key, or of source and position
   */
  record Place(int source, Position position, long keyHash) {
    /** Where no idempotency key is known. */
    static Place of(int source, Position position) {
      long hash = position.major() * 0x9E3779B97F4A7C15L + position.minor();
      hash = (hash ^ hash >>> 29) * 0xC2B2AE3D27D4EB4FL + source;
      return new Place(source, position, hash ^ hash >>> 32);
    }
  }

  /** How it ended; the first ones settle the message. */
  enum End {
    /** The handler finished it. */
    DONE("done"),
    /** Its dead letter was acknowledged. */
    DEAD_LETTERED("deadLettered"),
    /** The handler discarded it. */
    DISCARDED("discarded"),
    /** It had finished before. */
    SKIPPED("skipped"),
    /** It moved to a retry destination. */
    MOVED("moved"),
    /** Settled in a way that this version does not know. */
    OTHER(""),
    /** Another attempt follows, or followed. */
    AGAIN(""),
    /** It went back. */
    RELEASED(""),
    /** A drain left it. */
    ABANDONED(""),
    /** Its process was killed. */
    KILLED(""),
    /** Its process ended without a word about it. */
    FORGOTTEN(""),
    /** No leg: the broker confirmed its acknowledgement to this owner. */
    ACKNOWLEDGED(""),
    /** No leg: a witness saw an effect. */
    EFFECT("");

    private final String outcome;

    End(String outcome) {
      this.outcome = outcome;
    }

    boolean settles() {
      return compareTo(OTHER) <= 0;
    }

    static End of(String outcome) {
      for (End end : values()) {
        if (end.settles() && end.outcome.equals(outcome)) {
          return end;
        }
      }
      return OTHER;
    }
  }

  /**
   * What a leg is made of, besides its end.
   *
   * @param ownership under which it ran; of an effect the number of the process's name, or -1
   * @param seq the number of its first event
   * @param fence of its claim, or 0
   * @param attempt as told at its start
   * @param failures reported so far, as told at its end
   * @param clock of its process, in milliseconds, when the message was received, or acknowledged;
   *     of an effect in nanoseconds, or 0 where the witness does not say
   * @param offset where it lay in its owner's partition: elsewhere than the message's place, where
   *     it came through a tier of retries
   */
  record Facts(
      int ownership, long seq, long fence, int attempt, int failures, long clock, long offset) {
    /** Of what lies where the message does, or of no leg at all. */
    Facts(int ownership, long seq, long fence, int attempt, int failures, long clock) {
      this(ownership, seq, fence, attempt, failures, clock, -1);
    }
  }

  Leg(Place place, End end, int flags, Facts facts) {
    this.place = place;
    this.end = end;
    this.flags = flags;
    this.ownership = facts.ownership();
    this.seq = facts.seq();
    this.fence = facts.fence();
    this.attempt = facts.attempt();
    this.failures = facts.failures();
    this.clock = facts.clock();
    this.offset = facts.offset();
  }

  /** As a row of the sorter. */
  @SuppressWarnings("EnumOrdinal") // read back by the same run
  long[] pack() {
    return new long[] {
      place.source(),
      place.position().major(),
      place.position().minor(),
      ownership,
      seq,
      fence,
      clock,
      (long) end.ordinal() << 56
          | (long) flags << 40
          | (long) Math.min(attempt, 0xFFFFF) << 20
          | Math.min(failures, 0xFFFFF),
      place.keyHash(),
      offset
    };
  }

  /** Reads a row. */
  @SuppressWarnings("EnumOrdinal")
  static Leg unpack(long[] words) {
    long last = words[7];
    return new Leg(
        new Place((int) words[0], new Position(words[1], words[2]), words[8]),
        End.values()[(int) (last >>> 56)],
        (int) (last >>> 40) & 0xFFFF,
        new Facts(
            (int) words[3],
            words[4],
            words[5],
            (int) (last >>> 20) & 0xFFFFF,
            (int) last & 0xFFFFF,
            words[6],
            words[9]));
  }

  Place place() {
    return place;
  }

  End end() {
    return end;
  }

  int ownership() {
    return ownership;
  }

  long seq() {
    return seq;
  }

  long fence() {
    return fence;
  }

  int attempt() {
    return attempt;
  }

  int failures() {
    return failures;
  }

  long sinceMillis() {
    return clock;
  }

  /** Of an effect: when it was seen, by the clock of its process; 0 where that is not known. */
  long seenNanos() {
    return clock;
  }

  /** Where it lay in its owner's partition. */
  long offset() {
    return offset;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
