package dev.tailrace.source;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Knows which positions of one partition are finished, within one epoch, and so which position may
 * be committed: the lowest unfinished one, the mark. Belongs to its loop.
 *
 * <p>A ring of bits above the mark, one per position, which grows as far as it is used; beginning
 * and finishing a message cost O(1). Positions that were skipped between two begun ones do not
 * exist (compaction, transaction markers) and count as finished; so do those that the commit
 * metadata names.
 *
 * <p>The window bounds how far above the mark a message may begin. What is finished beyond it by
 * the word of older metadata stays known, up to {@link PositionMetadata#MAX_WINDOW}.
 */
public final class PositionTracker {
  /** What becomes of a message that arrived. */
  public enum Begin {
    /** It is to be worked on, and holds the mark until it is finished. */
    NEW,
    /** It was finished in an earlier epoch, and does not run again. */
    ALREADY_FINISHED,
    /** It is too far above the mark; nothing was noted, it may begin later. */
    WINDOW_FULL
  }

  // Powers of two, so that an index is one mask away; the larger one is above the widest window.
  private static final int LEAST_BITS = 1 << 10;
  private static final int MOST_BITS = 1 << 15;

  private final @Nullable UUID logId;
  private long[] ring = new long[LEAST_BITS / Long.SIZE]; // event loop only
  private int window; // event loop only
  private long mark; // event loop only; lowest unfinished position, no bit is set at it
  private long next; // event loop only; one above the highest begun position
  private long highest = -1; // event loop only; highest finished position
  private int unfinished; // event loop only
  private int resumes; // event loop only; of the mark that was restored, or counted last
  private long counted; // event loop only; that mark
  private boolean starting; // event loop only; the last resume is of a start that has not ended

  /**
   * Makes a tracker that accepts any first position.
   *
   * @param window from 1 to {@link PositionMetadata#MAX_WINDOW}
   */
  public PositionTracker(int window) {
    this(window, null);
  }

  /**
   * Makes a tracker of one log.
   *
   * @param logId told beside the mark; null where it is not known
   */
  public PositionTracker(int window, @Nullable UUID logId) {
    this.window = checked(window);
    this.logId = logId;
  }

  /**
   * Goes on from a committed position; called before the first {@link #begin}.
   *
   * @param position where reading goes on, at least 0
   * @param metadata what is committed beside it, or ""
   * @return why the metadata was not used; empty where it was, or where there was none
   */
  public Optional<String> restore(long position, String metadata) {
    if (position < 0 || next != 0 || mark != 0) {
      throw new IllegalStateException("restore of " + position + " after " + this);
    }
    mark = position;
    next = position;
    counted = position;
    highest = position - 1;
    PositionMetadata.Decoded decoded = PositionMetadata.decode(position, metadata);
    decoded.metadata().ifPresent(this::restore);
    return decoded.metadata().isPresent() ? Optional.empty() : Optional.of(decoded.reason());
  }

  private void restore(PositionMetadata metadata) {
    resumes = metadata.resumes();
    for (int i = 0; i < metadata.length(); i++) {
      if (metadata.finished(i)) {
        set(mark + i);
      }
    }
    highest = mark + metadata.length() - 1;
    advance();
  }

  /**
   * Notes that the message at {@code position} arrived.
   *
   * @throws IllegalArgumentException below {@link #next()}: either the caller's error, or the
   *     partition was made anew and restarted its positions, which takes a new epoch and a new
   *     tracker
   */
  public Begin begin(long position) {
    if (position < next) {
      throw new IllegalArgumentException("position " + position + " after " + this);
    }
    if (unfinished == 0) {
      jump(position);
    }
    boolean finished = position < mark || get(position);
    if (!finished && position - mark >= window) {
      return Begin.WINDOW_FULL;
    }
    for (long hole = Math.max(next, mark); hole < position; hole++) {
      set(hole);
    }
    next = position + 1;
    if (finished) {
      advance();
      return Begin.ALREADY_FINISHED;
    }
    unfinished++;
    return Begin.NEW;
  }

  /** While nothing is unfinished, what lies below a new position does not exist. */
  private void jump(long position) {
    if (position - mark >= bits(ring)) {
      Arrays.fill(ring, 0);
      mark = position;
    }
    for (; mark < position; mark++) {
      clear(mark);
    }
  }

  /**
   * Notes that the message at {@code position} is finished.
   *
   * @return whether it was not before
   * @throws IllegalArgumentException for a position that was not begun
   */
  public boolean finish(long position) {
    if (position >= next) {
      throw new IllegalArgumentException("position " + position + " was not begun: " + this);
    }
    if (position < mark || get(position)) {
      return false;
    }
    set(position);
    unfinished--;
    highest = Math.max(highest, position);
    advance();
    return true;
  }

  private void advance() {
    while (get(mark)) {
      clear(mark);
      mark++;
    }
  }

  /** The lowest position that is not finished: what may be committed. Never decreases. */
  public long mark() {
    return mark;
  }

  /** The lowest position that may begin. */
  public long next() {
    return next;
  }

  /** The highest finished position, or one below the mark where none is above it. */
  public long highestFinished() {
    return Math.max(highest, mark - 1);
  }

  /** How far the highest finished position is above the mark; 0 where none is above. */
  public long gap() {
    return Math.max(0, highest - mark);
  }

  /** How many messages have begun and are not finished. */
  public int unfinished() {
    return unfinished;
  }

  /** How far above the mark a message may begin. */
  public int window() {
    return window;
  }

  /** Narrows or widens the window for what begins from now on; the range of the constructor. */
  public void window(int positions) {
    window = checked(positions);
  }

  /** How often the mark was resumed without having moved; 0 once it has moved. */
  public int resumes() {
    return mark == counted ? resumes : 0;
  }

  /**
   * Counts a start of the message at the mark, which may end its process, as if it had.
   *
   * @param least what is at least counted before it
   */
  public void countStart(int least) {
    resumes = Math.max(resumes(), least) + 1;
    counted = mark;
    starting = true;
  }

  /** The start that was counted last has not ended its process; whether that changes the count. */
  public boolean uncountStart() {
    boolean changes = starting && mark == counted;
    resumes -= changes ? 1 : 0;
    starting = false;
    return changes;
  }

  /**
   * The process ends in order: nothing is counted any more, unless a start that was counted has not
   * ended. Whether that changes the count.
   */
  public boolean forgetResumes() {
    boolean changes = !(starting && mark == counted) && resumes() > 0;
    resumes = changes ? 0 : resumes;
    return changes;
  }

  /** The mark and all that is finished above it, as it is committed. */
  public Position snapshot() {
    return snapshot(PositionMetadata.MAX_CHARS);
  }

  /**
   * The mark and what is finished above it, if that fits; else the mark alone, so that work above
   * it may repeat.
   *
   * @param maxChars the most characters of metadata that the broker takes
   */
  public Position snapshot(int maxChars) {
    BitSet finished = new BitSet();
    for (long position = mark + 1; position <= highest; position++) {
      if (get(position)) {
        finished.set((int) (position - mark));
      }
    }
    PositionMetadata metadata = PositionMetadata.of(resumes(), finished).ofLog(logId);
    String all = metadata.encode(mark);
    if (all.length() <= maxChars) {
      return new Position(mark, all);
    }
    String least = metadata.withoutFinished().encode(mark);
    return new Position(mark, least.length() <= maxChars ? least : "");
  }

  private boolean get(long position) {
    return position - mark < bits(ring) && (ring[word(ring, position)] & (1L << position)) != 0;
  }

  private void set(long position) {
    if (position - mark >= bits(ring)) {
      grow(position - mark);
    }
    ring[word(ring, position)] |= 1L << position;
  }

  private void grow(long above) {
    int bits = bits(ring);
    while (bits <= above) {
      bits *= 2;
    }
    assert bits <= MOST_BITS : above + " above " + this;
    long[] larger = new long[bits / Long.SIZE];
    for (long position = mark; position < mark + bits(ring); position++) {
      larger[word(larger, position)] |= ring[word(ring, position)] & (1L << position);
    }
    ring = larger;
  }

  private void clear(long position) {
    ring[word(ring, position)] &= ~(1L << position);
  }

  private static int bits(long[] ring) {
    return ring.length * Long.SIZE;
  }

  private static int word(long[] ring, long position) {
    return (int) (position & (bits(ring) - 1)) / Long.SIZE;
  }

  private static int checked(int window) {
    if (window < 1 || window > PositionMetadata.MAX_WINDOW) {
      throw new IllegalArgumentException(
          "window must be from 1 to " + PositionMetadata.MAX_WINDOW + ", not " + window);
    }
    return window;
  }

  @Override
  public String toString() {
    return "mark " + mark + " next " + next + " unfinished " + unfinished;
  }
}
