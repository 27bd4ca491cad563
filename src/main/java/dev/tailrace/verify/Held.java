package dev.tailrace.verify;

import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Leg.End;
import dev.tailrace.verify.Leg.Facts;
import dev.tailrace.verify.Leg.Place;
import org.jspecify.annotations.Nullable;

/**
 * A message that a process has taken in and not given up, while that process's log is read; it puts
 * the events of each attempt together.
 */
final class Held {
  private final Ownership ownership;
  private final Position position;
  private final long receivedSeq;
  private final long receivedMillis;
  private final boolean beyondWindow;

  private Place place; // of the message, which may have come from elsewhere through a tier
  private int brought; // failures that it came with
  private boolean open;
  private long legSeq;
  private long askedMillis;
  private long fence;
  private int attempt;
  private int legFlags;
  private int lasting; // flags that hold for all legs from now on
  private int starts;
  private int failures = -1; // as told when it was parked last
  private boolean won; // a claim, which says how many attempts others have had
  private boolean unavailable; // the store did not answer its claim
  private boolean skewed; // its attempts are broken already, and told so

  // What single checks keep with it.
  @Nullable Lane lane;
  boolean executing;
  boolean parked;
  long parkedUntil;

  Held(
      Ownership ownership,
      Position position,
      long receivedSeq,
      long receivedNanos,
      boolean beyondWindow) {
    this.ownership = ownership;
    this.position = position;
    this.receivedSeq = receivedSeq;
    this.receivedMillis = receivedNanos / 1_000_000;
    this.beyondWindow = beyondWindow;
    this.place = Place.of(ownership.source().index(), position);
  }

  Ownership ownership() {
    return ownership;
  }

  Position position() {
    return position;
  }

  /** Of the message, with its key where a claim told that. */
  Place place() {
    return place;
  }

  long receivedSeq() {
    return receivedSeq;
  }

  /** It came further above the lowest unfinished position than the window allows. */
  boolean beyondWindow() {
    return beyondWindow;
  }

  /** Whether its handler runs, or has ended without a word about what became of it. */
  boolean isRunning() {
    return open && (legFlags & Leg.STARTED) != 0;
  }

  boolean isOpen() {
    return open;
  }

  int starts() {
    return starts;
  }

  int attempt() {
    return attempt;
  }

  /** Failures told when it was parked since its last start; -1 where it was not. */
  int failuresParked() {
    return failures;
  }

  boolean has(int flag) {
    return ((legFlags | lasting) & flag) != 0;
  }

  boolean isSkewed() {
    return skewed;
  }

  void skew() {
    skewed = true;
  }

  /**
   * It came through a tier of retries.
   *
   * @param from where the message was at first
   * @param before failures reported until then
   */
  void cameFrom(Place from, int before) {
    place = from;
    brought = before;
    lasting |= Leg.RETRIED;
  }

  /** Failures that it came with. */
  int brought() {
    return brought;
  }

  /** An attempt begins by its claim; {@code keyHash} is 0 where the log does not tell the key. */
  void claimed(EventRecord claim, long token, long keyHash) {
    open(claim.seq());
    won = true;
    askedMillis = Math.max(receivedMillis, parkedUntil / 1_000_000);
    fence = token;
    if (keyHash != 0) {
      place = new Place(place.source(), place.position(), keyHash);
    }
  }

  /** Whether it has had a claim, if it has none now. */
  boolean wasClaimed() {
    return won;
  }

  /** The fence of the attempt under way; 0 where it has none. */
  long fence() {
    return open ? fence : 0;
  }

  /**
   * How long it may have had the claim of the attempt under way, by its process's clock: the store
   * granted it before the answer came, at the earliest when the message came or was due.
   */
  long claimedMillis(long nowNanos) {
    return nowNanos / 1_000_000 - askedMillis;
  }

  /** The store did not answer: it may run without a claim. */
  void unclaimed() {
    unavailable = true;
  }

  /** Whether it may run without a claim. */
  boolean mayRunUnclaimed() {
    return unavailable;
  }

  /** It is about to run alone in its process. */
  void runsAlone(long seq) {
    if (!open) {
      open(seq);
    }
    legFlags |= Leg.ALONE;
  }

  /** Its handler is called. */
  void started(long seq, int number) {
    if (!open) {
      open(seq);
    }
    legFlags |= unavailable && fence == 0 ? Leg.STARTED | Leg.UNCLAIMED : Leg.STARTED;
    attempt = number;
    starts++;
    failures = -1;
  }

  /** Something holds for the attempt under way. */
  void flag(int flag) {
    legFlags |= flag;
  }

  /** Something holds from now on, whatever attempt. */
  void flagAll(int flag) {
    lasting |= flag;
  }

  void parkedAfter(int reported) {
    failures = reported;
  }

  private void open(long seq) {
    open = true;
    legSeq = seq;
    fence = 0;
    legFlags = 0;
  }

  /** Ends the attempt under way, or the holding of a message that had none. */
  Leg end(End how, int reported) {
    Leg leg =
        new Leg(
            place,
            how,
            (open ? legFlags : 0) | lasting,
            new Facts(
                ownership.index(),
                open ? legSeq : receivedSeq,
                open ? fence : 0,
                open ? attempt : 0,
                reported,
                receivedMillis,
                position.major()));
    open = false;
    legFlags = 0;
    return leg;
  }

  /** As printed: {@code orders/2@57}. */
  String printed() {
    return ownership.source().source() + "@" + position;
  }
}
