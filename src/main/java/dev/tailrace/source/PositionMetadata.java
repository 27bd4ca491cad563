package dev.tailrace.source;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What is kept beside a committed position: which positions above it are finished already, how
 * often it was resumed without having moved, and of which log it is. Immutable.
 *
 * <p>As text: base64 without padding of a header of at most {@value #HEADER_BYTES} bytes and a
 * body, big endian. Header: {@code 'T' 'R'}, version, encoding, CRC-32C of all other bytes, the
 * position that the body counts from, resumes (2 bytes), length of the body in positions (2 bytes);
 * in version 2 also the id of the log (16 bytes), without which it is version 1. Body: a plain
 * bitmap, lowest position first, or lengths of runs in turn unfinished and finished as LEB128,
 * whichever is shorter. {@value #MAX_WINDOW} positions always fit {@value #MAX_CHARS} characters,
 * the brokers' default limit; nothing is ever cut.
 */
public final class PositionMetadata {
  /** The default of the broker's setting {@code offset.metadata.max.bytes}. */
  public static final int MAX_CHARS = 4096;

  /** The most positions that metadata can describe within {@link #MAX_CHARS}. */
  public static final int MAX_WINDOW = 24_000;

  /** The most resumes that are counted. */
  public static final int MAX_RESUMES = 0xffff;

  /** No resumes, and nothing finished above the position. */
  public static final PositionMetadata NONE = new PositionMetadata(0, new BitSet(), null);

  /** The most bytes before the body; up to 72 would fit. */
  static final int HEADER_BYTES = 36;

  private static final int HEADER_BYTES_WITHOUT_LOG = 20;
  private static final byte WITHOUT_LOG = 1;
  private static final byte VERSION = 2;
  private static final byte BITMAP = 0;
  private static final byte RUNS = 1;
  private static final int CHECKSUM_AT = 4;

  private final int resumes;
  private final BitSet finished;
  private final @Nullable UUID logId;

  private PositionMetadata(int resumes, BitSet finished, @Nullable UUID logId) {
    this.resumes = resumes;
    this.finished = finished;
    this.logId = logId;
  }

  /**
   * What came of reading metadata.
   *
   * @param metadata what it says; empty where it cannot be used
   * @param reason why it cannot be used, or ""
   */
  public record Decoded(Optional<PositionMetadata> metadata, String reason) {
    private static Decoded refused(String reason) {
      return new Decoded(Optional.empty(), reason);
    }
  }

  /**
   * Makes metadata.
   *
   * @param resumes how often the position was resumed without having moved; more than {@link
   *     #MAX_RESUMES} counts as that
   * @param finished bit {@code i} says that the position {@code i} above is finished; copied
   * @throws IllegalArgumentException beyond {@link #MAX_WINDOW}, or with negative resumes
   */
  public static PositionMetadata of(int resumes, BitSet finished) {
    if (resumes < 0 || finished.length() > MAX_WINDOW) {
      throw new IllegalArgumentException(
          "at most "
              + MAX_WINDOW
              + " positions, not "
              + finished.length()
              + ", resumes "
              + resumes);
    }
    return new PositionMetadata(Math.min(resumes, MAX_RESUMES), (BitSet) finished.clone(), null);
  }

  /** The same of a log; null where it is not known of which. */
  public PositionMetadata ofLog(@Nullable UUID id) {
    return new PositionMetadata(resumes, finished, id);
  }

  /** The widest window of which any state fits {@code chars} characters; 0 where none does. */
  public static int windowFor(int chars) {
    long bytes = chars * 3L / 4 - HEADER_BYTES;
    return (int) Math.max(0, Math.min(MAX_WINDOW, bytes * 8));
  }

  /**
   * Of which log the position is: one that was deleted and made again is another, whose positions
   * have nothing to do with those of the first. Empty where nobody knew when it was committed.
   */
  public Optional<UUID> logId() {
    return Optional.ofNullable(logId);
  }

  /** How often the position was resumed without having moved. */
  public int resumes() {
    return resumes;
  }

  /** One more than the highest finished position above, counted from the position; 0 for none. */
  public int length() {
    return finished.length();
  }

  /** Whether the position {@code above} the committed one is finished; {@code above} at least 0. */
  public boolean finished(int above) {
    return finished.get(above);
  }

  /** The same without what is finished above. */
  public PositionMetadata withoutFinished() {
    return new PositionMetadata(resumes, new BitSet(), logId);
  }

  /** As text for a commit of {@code position}; "" where there is nothing to say. */
  public String encode(long position) {
    if (equals(NONE)) {
      return "";
    }
    byte[] bitmap = finished.toByteArray();
    byte[] runs = runs(bitmap.length);
    byte[] body = runs == null ? bitmap : runs;
    byte version = logId == null ? WITHOUT_LOG : VERSION;
    ByteBuffer bytes = ByteBuffer.allocate(headerBytes(version) + body.length);
    bytes.put((byte) 'T').put((byte) 'R').put(version).put(runs == null ? BITMAP : RUNS);
    bytes.putInt(0).putLong(position).putShort((short) resumes);
    bytes.putShort((short) finished.length());
    if (logId != null) {
      bytes.putLong(logId.getMostSignificantBits()).putLong(logId.getLeastSignificantBits());
    }
    bytes.put(body);
    bytes.putInt(CHECKSUM_AT, checksum(bytes.array()));
    return Base64.getEncoder().withoutPadding().encodeToString(bytes.array());
  }

  /** Reads what is kept beside {@code position}; never throws. */
  public static Decoded decode(long position, String metadata) {
    if (metadata.isEmpty()) {
      return new Decoded(Optional.of(NONE), "");
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(metadata);
    } catch (IllegalArgumentException notBase64) {
      return Decoded.refused("not written by Tailrace");
    }
    if (bytes.length < HEADER_BYTES_WITHOUT_LOG || bytes[0] != 'T' || bytes[1] != 'R') {
      return Decoded.refused("not written by Tailrace");
    }
    if (bytes[2] < WITHOUT_LOG || bytes[2] > VERSION) {
      return Decoded.refused("written in version " + bytes[2] + ", this one reads " + VERSION);
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (header.getInt(CHECKSUM_AT) != checksum(bytes)) {
      return Decoded.refused("damaged: the checksum differs");
    }
    if (header.getLong(8) != position) {
      return Decoded.refused("written for position " + header.getLong(8) + ", not " + position);
    }
    int from = headerBytes(bytes[2]);
    int length = Short.toUnsignedInt(header.getShort(18));
    BitSet finished =
        bytes.length < from
            ? null
            : readBody(bytes[3], Arrays.copyOfRange(bytes, from, bytes.length));
    if (finished == null || finished.length() != length || length > MAX_WINDOW) {
      return Decoded.refused("damaged: the body does not read");
    }
    int resumes = Short.toUnsignedInt(header.getShort(16));
    UUID logId =
        bytes[2] == WITHOUT_LOG
            ? null
            : new UUID(
                header.getLong(HEADER_BYTES_WITHOUT_LOG),
                header.getLong(HEADER_BYTES_WITHOUT_LOG + Long.BYTES));
    return new Decoded(Optional.of(new PositionMetadata(resumes, finished, logId)), "");
  }

  private static int headerBytes(byte version) {
    return version == WITHOUT_LOG ? HEADER_BYTES_WITHOUT_LOG : HEADER_BYTES;
  }

  /** The runs, or null where they are not shorter than {@code limit} bytes. */
  private byte @Nullable [] runs(int limit) {
    ByteBuffer runs = ByteBuffer.allocate(limit);
    boolean inFinished = false;
    for (int at = 0; at < finished.length(); inFinished = !inFinished) {
      int end = inFinished ? finished.nextClearBit(at) : finished.nextSetBit(at);
      int run = end - at;
      do {
        if (runs.remaining() <= 1) {
          return null;
        }
        runs.put((byte) (run < 0x80 ? run : (run & 0x7f) | 0x80));
        run >>>= 7;
      } while (run > 0);
      at = end;
    }
    return runs.position() == 0 ? null : Arrays.copyOf(runs.array(), runs.position());
  }

  private static @Nullable BitSet readBody(byte encoding, byte[] body) {
    if (encoding == BITMAP) {
      return body.length > MAX_WINDOW / 8 ? null : BitSet.valueOf(body);
    }
    return encoding == RUNS ? readRuns(body) : null;
  }

  private static @Nullable BitSet readRuns(byte[] body) {
    BitSet finished = new BitSet();
    boolean inFinished = false;
    int position = 0;
    int run = 0;
    int shift = 0;
    for (byte part : body) {
      run |= (part & 0x7f) << shift;
      shift += 7;
      if (run > MAX_WINDOW - position || shift > 21) {
        return null;
      }
      if (part >= 0) {
        finished.set(position, position + run, inFinished);
        position += run;
        inFinished = !inFinished;
        run = 0;
        shift = 0;
      }
    }
    return finished;
  }

  private static int checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CHECKSUM_AT);
    crc.update(bytes, CHECKSUM_AT + Integer.BYTES, bytes.length - CHECKSUM_AT - Integer.BYTES);
    return (int) crc.getValue();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PositionMetadata that
        && resumes == that.resumes
        && Objects.equals(logId, that.logId)
        && finished.equals(that.finished);
  }

  @Override
  public int hashCode() {
    return 31 * finished.hashCode() + resumes;
  }

  @Override
  public String toString() {
    return (logId == null ? "" : "log=" + logId + " ")
        + "resumes="
        + resumes
        + " finished="
        + finished.cardinality()
        + "/"
        + finished.length();
  }
}
