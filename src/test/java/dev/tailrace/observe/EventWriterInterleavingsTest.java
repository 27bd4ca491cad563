package dev.tailrace.observe;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Whoever tells while the writer writes, the lines are numbered as they stand, and none is lost.
 */
final class EventWriterInterleavingsTest {
  // The checker takes no account of a wait with a time-out, so the writer has something to write.

  @Test
  void linesAreNumberedAsTheyStandAndNoneIsLost() {
    Interleavings.ofStory(
        "EventWriter",
        () -> {
          Memory file = new Memory();
          EventWriter writer = writer(file);
          append(writer);
          Race.between(writer::writeNext, () -> append(writer), () -> append(writer));
          Future<Void> closed = writer.close();
          append(writer);
          writer.run();
          Race.require(file.is("{\"seq\":1}\n{\"seq\":2}\n{\"seq\":3}\n"), "written: " + file.text);
          Race.require(file.closed && closed.succeeded(), "closed, and does not say so");
        });
  }

  @Test
  void aFlushIsAnsweredOnceItsLinesAreOnTheDiskAlsoWhereItMeetsTheEnd() {
    Interleavings.ofStory(
        "EventWriter",
        () -> {
          Memory file = new Memory();
          EventWriter writer = writer(file);
          append(writer);
          List<Future<Void>> flushes = new CopyOnWriteArrayList<>();
          AtomicBoolean more = new AtomicBoolean();
          Race.between(
              () -> more.set(writer.writeNext()),
              () -> {
                append(writer);
                flushes.add(
                    writer
                        .flush()
                        .onSuccess(done -> Race.require(file.synced > 0, "before its lines")));
              },
              writer::close);
          if (more.get()) {
            writer.run();
          } else {
            writer.finish();
          }
          Race.require(flushes.get(0).succeeded(), "a flush is never answered");
          Race.require(file.synced == file.text.length(), "on the disk: " + file.synced);
        });
  }

  private static void append(EventWriter writer) {
    writer.append((json, seq) -> json.writeNumberField("seq", seq), false);
  }

  private static EventWriter writer(LineFile file) {
    try {
      return new EventWriter(file);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /** A file in memory. */
  private static final class Memory implements LineFile {
    private final StringBuilder text = new StringBuilder();
    private int synced;
    private boolean closed;

    @Override
    public void write(byte[] bytes, int length) {
      text.append(new String(bytes, 0, length, StandardCharsets.US_ASCII));
    }

    @Override
    public void sync() {
      synced = text.length();
    }

    @Override
    public void close() {
      closed = true;
    }

    boolean is(String whole) {
      return whole.contentEquals(text);
    }
  }
}
