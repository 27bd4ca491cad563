package dev.tailrace.verify;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the legs of each message, or of each idempotency key, together: in memory as far as they
 * fit and on the disk beyond, by an external merge sort (Knuth, The Art of Computer Programming 3,
 * 5.4). Holds at most {@link #MOST_IN_MEMORY} rows, whatever the run's size.
 */
final class LegSorter implements Closeable {
  /** Rows of 80 bytes, about 22 MB with their arrays. */
  static final int MOST_IN_MEMORY = 200_000;

  private static final int BUFFER_BYTES = 64 * 1024;
  private final List<Path> runs = new ArrayList<>();
  private final By by;
  private final int most;
  private List<long[]> rows = new ArrayList<>();

  /** What belongs together, and in which order it comes. */
  enum By {
    /** By source and position; within, by ownership and sequence. */
    MESSAGE(3, 0, 1, 2, 3, 4),
    /** By idempotency key; within, by fence, ownership and sequence. */
    KEY(1, 8, 5, 3, 4);

    private final int grouping;

    @SuppressWarnings("ImmutableEnumChecker") // never written
    private final int[] words;

    By(int grouping, int... words) {
      this.grouping = grouping;
      this.words = words;
    }

    private int compare(long[] one, long[] other, int most) {
      for (int i = 0; i < most; i++) {
        int order = Long.compare(one[words[i]], other[words[i]]);
        if (order != 0) {
          return order;
        }
      }
      return 0;
    }

    private int order(long[] one, long[] other) {
      return compare(one, other, words.length);
    }

    private boolean together(long[] one, long[] other) {
      return compare(one, other, grouping) == 0;
    }
  }

  /**
   * Makes an empty sorter.
   *
   * @param most rows in memory, at least 1
   */
  LegSorter(By by, int most) {
    this.by = by;
    this.most = most;
  }

  void add(long[] row) throws IOException {
    rows.add(row);
    if (rows.size() == most) {
      spill();
    }
  }

  /** Gives all groups in their order; the list is used again afterwards. */
  void forEach(Consumer<List<Leg>> group) throws IOException {
    rows.sort(by::order);
    List<Run> open = new ArrayList<>();
    try {
      PriorityQueue<Run> heads = new PriorityQueue<>((one, other) -> by.order(one.row, other.row));
      open.add(new Run(rows));
      for (Path run : runs) {
        open.add(new Run(run));
      }
      for (Run run : open) {
        if (run.advance()) {
          heads.add(run);
        }
      }
      merge(heads, group);
    } finally {
      for (Run run : open) {
        run.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Path run : runs) {
      Files.deleteIfExists(run);
    }
    runs.clear();
  }

  private void merge(PriorityQueue<Run> heads, Consumer<List<Leg>> group) throws IOException {
    List<Leg> legs = new ArrayList<>();
    long[] first = new long[0];
    for (Run run = heads.poll(); run != null; run = heads.poll()) {
      if (!legs.isEmpty() && !by.together(first, run.row)) {
        group.accept(legs);
        legs.clear();
      }
      if (legs.isEmpty()) {
        first = run.row;
      }
      legs.add(Leg.unpack(run.row));
      if (run.advance()) {
        heads.add(run);
      }
    }
    if (!legs.isEmpty()) {
      group.accept(legs);
    }
  }

  private void spill() throws IOException {
    rows.sort(by::order);
    Path run = Files.createTempFile("tailrace-verify", ".legs");
    runs.add(run);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(run), BUFFER_BYTES))) {
      for (long[] row : rows) {
        for (long word : row) {
          out.writeLong(word);
        }
      }
    }
    rows = new ArrayList<>(most);
  }

  /** One sorted sequence of rows, in memory or on the disk. */
  private static final class Run implements Closeable {
    private final @Nullable List<long[]> memory;
    private final @Nullable DataInputStream disk;
    private long left;
    private int next;
    private long[] row = new long[0];

    Run(List<long[]> memory) {
      this.memory = memory;
      this.disk = null;
      this.left = memory.size();
    }

    Run(Path file) throws IOException {
      this.memory = null;
      this.left = Files.size(file) / (Leg.WORDS * Long.BYTES);
      this.disk =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES));
    }

    boolean advance() throws IOException {
      if (left == 0) {
        return false;
      }
      left--;
      if (memory != null) {
        row = memory.get(next++);
      } else if (disk != null) {
        row = new long[Leg.WORDS];
        for (int word = 0; word < Leg.WORDS; word++) {
          row[word] = disk.readLong();
        }
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      if (disk != null) {
        disk.close();
      }
    }
  }
}
