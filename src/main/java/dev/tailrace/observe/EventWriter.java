package dev.tailrace.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines on their way to the file: any thread appends to a buffer, one thread writes it out. Both
 * sides meet under one lock, {@code order}, so the numbers of lines follow the file. The first line
 * is written at once: whoever had an effect has a log, however soon it was killed.
 *
 * <p>Nothing is dropped while the disk keeps up. An appender waits where {@link #BACKLOG_BYTES} are
 * behind, at most {@link #STALL_MILLIS} once; then, or after a failed write, the log is broken: it
 * says so, writes nothing more and leaves a gap in the numbers for the reader to see.
 */
final class EventWriter implements Runnable {
  /** The writer is woken by as much. */
  static final int FLUSH_BYTES = 256 * 1024;

  /** The writer looks as often, so a kill loses no more than this and what is being written. */
  static final long FLUSH_MILLIS = 50;

  /** The most that waits to be written. */
  static final int BACKLOG_BYTES = 16 * 1024 * 1024;

  /** How long an appender waits for a disk that is behind. */
  static final long STALL_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(EventWriter.class);
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .rootValueSeparator((String) null)
          // Unpaired surrogates in somebody's text would break the line otherwise.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private final LineFile file;
  private final long flushMillis;
  private final Object order = new Object();
  private final EventBacklog backlog = new EventBacklog(); // guarded by order
  private final JsonGenerator json; // guarded by order
  private final List<Promise<Void>> flushes = new ArrayList<>(); // guarded by order
  private final EventBacklog taken = new EventBacklog(); // the writer's own
  private long seq; // guarded by order
  private boolean urgent; // guarded by order
  private boolean sync; // guarded by order
  private boolean closing; // guarded by order
  private @Nullable IOException failure; // guarded by order
  private final Promise<Void> closed = Promise.promise();

  EventWriter(LineFile file) throws IOException {
    this(file, FLUSH_MILLIS);
  }

  EventWriter(LineFile file, long flushMillis) throws IOException {
    this.file = file;
    this.flushMillis = flushMillis;
    this.json = JSON.createGenerator(backlog);
  }

  /** Writes the fields of one line into an open object. */
  interface Line {
    void write(JsonGenerator json, long seq) throws IOException;
  }

  /** Appends a line; {@code sync} brings it and all before it to the disk soon. */
  void append(Line line, boolean sync) {
    synchronized (order) {
      if (closing || !hasRoom()) {
        return;
      }
      seq++; // after the wait, or two who waited would be written in the wrong order
      try {
        json.writeStartObject();
        line.write(json, seq);
        json.writeEndObject();
        json.writeRaw('\n');
        json.flush();
      } catch (IOException | RuntimeException broken) { // half a line may be in the buffer
        fail(new IOException("cannot write event " + seq, broken));
      }
      this.sync |= sync;
      if (sync || seq == 1 || backlog.size() >= FLUSH_BYTES) {
        urgent = true;
        order.notifyAll();
      }
    }
  }

  /** Completes when everything appended so far is on the disk; fails where the log is broken. */
  Future<Void> flush() {
    synchronized (order) {
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      if (closing) {
        return closed.future();
      }
      Promise<Void> flushed = Promise.promise();
      flushes.add(flushed);
      sync = true;
      urgent = true;
      order.notifyAll();
      return flushed.future();
    }
  }

  /** Writes what is left and closes the file; what is appended later is forgotten. */
  Future<Void> close() {
    synchronized (order) {
      closing = true;
      sync = true;
      urgent = true;
      order.notifyAll();
    }
    return closed.future();
  }

  /** Writes until the log is closed. */
  @Override
  public void run() {
    while (writeNext()) {
      // until closed
    }
    finish();
  }

  /**
   * Writes what is there, when there is something, it is urgent or its time has come.
   *
   * @return false where it was the last
   */
  boolean writeNext() {
    boolean force;
    boolean last;
    List<Promise<Void>> waiting;
    synchronized (order) {
      awaitWork();
      backlog.moveTo(taken);
      force = sync;
      sync = false;
      urgent = false;
      last = closing;
      waiting = List.copyOf(flushes);
      flushes.clear();
      order.notifyAll(); // there is room again
    }
    IOException thrown = write(force);
    synchronized (order) {
      if (thrown != null) {
        fail(thrown);
      }
      thrown = failure;
    }
    answer(waiting, thrown);
    return !last;
  }

  private void awaitWork() {
    while (!urgent) {
      try {
        order.wait(flushMillis);
      } catch (InterruptedException interrupt) { // somebody ends the thread: write and go
        closing = true;
        return;
      }
      if (backlog.size() > 0) {
        return;
      }
    }
  }

  private @Nullable IOException write(boolean force) {
    try {
      taken.writeTo(file);
      if (force) {
        file.sync();
      }
      return null;
    } catch (IOException thrown) {
      return thrown;
    }
  }

  /** Closes the file; after the last writing. */
  void finish() {
    IOException first;
    synchronized (order) {
      first = failure;
    }
    try {
      file.close();
    } catch (IOException second) {
      if (first == null) {
        first = second;
      } else {
        first.addSuppressed(second);
      }
    }
    answer(List.of(closed), first);
  }

  /** Whether there is room; waits for it, and gives the log up where it does not come. */
  private boolean hasRoom() {
    long waits = STALL_MILLIS / FLUSH_MILLIS;
    while (backlog.size() >= BACKLOG_BYTES && failure == null) {
      if (waits-- == 0) {
        fail(new IOException("the disk takes no events for " + STALL_MILLIS + " ms"));
        break;
      }
      try {
        order.wait(FLUSH_MILLIS);
      } catch (InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    return failure == null;
  }

  private void fail(IOException thrown) {
    if (failure == null) {
      failure = thrown;
      LOG.error("The event log ends here, at event {}: {}", seq, thrown.getMessage(), thrown);
    } else if (failure != thrown) {
      failure.addSuppressed(thrown);
    }
  }

  private static void answer(List<Promise<Void>> waiting, @Nullable IOException thrown) {
    for (Promise<Void> promise : waiting) {
      if (thrown == null) {
        promise.complete();
      } else {
        promise.fail(thrown);
      }
    }
  }
}
