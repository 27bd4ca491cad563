package dev.tailrace.cli;

import dev.tailrace.observe.PoolEvents;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What this process would say if it died now, kept in a small file: which phase or state it is in,
 * and what is in flight. The file is mapped, so that to say it is a copy in memory that blocks
 * nobody, and outlives the process. It is locked for as long as the process lives. Thread-safe.
 */
final class LastWords implements PoolEvents, AutoCloseable {
  /** The size of the file. */
  static final int BYTES = 512;

  private final String incarnation;
  private final Supplier<Instant> wall;
  private final FileChannel channel; // keeps the lock
  private final MappedByteBuffer page; // guarded by this
  private final @Nullable Said before;
  private String phase = "starting"; // guarded by this
  private long inFlight; // guarded by this
  private boolean ended; // guarded by this

  /**
   * What a process has said last.
   *
   * @param incarnation of that process
   * @param at when, by its clock
   * @param phase of its drain, else its state
   * @param inFlight messages then
   * @param ended whether its end was in order, with a report
   */
  record Said(String incarnation, Instant at, String phase, long inFlight, boolean ended) {}

  private LastWords(
      String incarnation,
      Supplier<Instant> wall,
      FileChannel channel,
      MappedByteBuffer page,
      @Nullable Said before) {
    this.incarnation = incarnation;
    this.wall = wall;
    this.channel = channel;
    this.page = page;
    this.before = before;
  }

  /**
   * Reads what the process before said, and begins to speak.
   *
   * @throws IOException where the file cannot be written, or another process holds it
   */
  static LastWords open(Path file, String incarnation, Supplier<Instant> wall) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (!isLocked(channel)) {
        throw new IOException("another process of this instance holds " + file);
      }
      MappedByteBuffer page = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
      byte[] text = new byte[BYTES];
      page.get(0, text);
      LastWords words = new LastWords(incarnation, wall, channel, page, said(text));
      words.write();
      return words;
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null; // given back with the channel
    } catch (OverlappingFileLockException within) {
      return false;
    }
  }

  private static @Nullable Said said(byte[] text) {
    try {
      JsonObject json = new JsonObject(new String(text, StandardCharsets.UTF_8).trim());
      return new Said(
          json.getString("incarnation", ""),
          json.getInstant("at"),
          json.getString("phase", ""),
          json.getLong("inFlight", 0L),
          json.getBoolean("ended", false));
    } catch (DecodeException | ClassCastException | IllegalArgumentException nothing) {
      return null; // a new file, or one that the machine lost
    }
  }

  /** What the process before said last, where it said anything. */
  Optional<Said> before() {
    return Optional.ofNullable(before);
  }

  @Override
  public synchronized void state(String from, String to, String reason) {
    phase = to;
    write();
  }

  @Override
  public synchronized void phase(String label, long messages) {
    phase = label;
    inFlight = messages;
    write();
  }

  /** So many are in flight now. */
  synchronized void inFlight(long messages) {
    inFlight = messages;
    write();
  }

  /** The end is in order. */
  synchronized void end() {
    ended = true;
    write();
  }

  private synchronized void write() {
    JsonObject json =
        new JsonObject()
            .put("incarnation", incarnation)
            .put("at", wall.get())
            .put("phase", phase)
            .put("inFlight", inFlight)
            .put("ended", ended);
    byte[] text = json.encode().getBytes(StandardCharsets.UTF_8);
    byte[] whole = Arrays.copyOf(text, BYTES);
    Arrays.fill(whole, Math.min(text.length, BYTES), BYTES, (byte) ' ');
    whole[BYTES - 1] = '\n';
    page.put(0, whole);
  }

  /** Gives the file free; what was said stays. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
