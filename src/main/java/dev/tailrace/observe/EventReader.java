package dev.tailrace.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads event logs line by line and keeps none of them. A line that is no whole event is counted as
 * damaged and passed over: whether one matters shows in the numbers of the lines around it.
 */
public final class EventReader {
  /** A longer line is damaged. */
  public static final int LINE_BYTES = 64 * 1024;

  private static final int BLOCK_BYTES = 4 * LINE_BYTES;

  private static final JsonFactory JSON = new JsonFactory();
  private static final int INTERNED = 10_000;

  private final Consumer<EventRecord> records;
  private final Map<String, String> interned = new HashMap<>();
  private long events; // reading thread only
  private long damaged; // reading thread only

  private EventReader(Consumer<EventRecord> records) {
    this.records = records;
  }

  /**
   * What reading came to.
   *
   * @param events lines given to the consumer
   * @param damaged lines that are no events
   */
  public record Tally(long events, long damaged) {}

  /**
   * Reads a log, its rotated parts first, the oldest before all.
   *
   * @throws IOException where the file is missing or cannot be read
   */
  public static Tally read(Path file, Consumer<EventRecord> records) throws IOException {
    EventReader reader = new EventReader(records);
    List<Path> parts = Stream.concat(EventFile.rotated(file).stream(), Stream.of(file)).toList();
    for (Path part : parts) {
      try (InputStream bytes = Files.newInputStream(part)) {
        reader.read(bytes);
      }
    }
    return new Tally(reader.events, reader.damaged);
  }

  private void read(InputStream bytes) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    int filled = 0;
    boolean tooLong = false;
    for (int more = bytes.read(block);
        more >= 0;
        more = bytes.read(block, filled, BLOCK_BYTES - filled)) {
      int begin = 0;
      for (int end = filled; end < filled + more; end++) {
        if (block[end] == '\n') {
          line(block, begin, tooLong ? BLOCK_BYTES : end - begin);
          tooLong = false;
          begin = end + 1;
        }
      }
      filled += more - begin;
      System.arraycopy(block, begin, block, 0, filled);
      if (filled == BLOCK_BYTES) { // the rest of a line that is far too long
        tooLong = true;
        filled = 0;
      }
    }
    line(block, 0, tooLong ? BLOCK_BYTES : filled); // without its end it may still be whole
  }

  private void line(byte[] block, int begin, int length) {
    if (isBlank(block, begin, length)) {
      return;
    }
    EventRecord event = length > LINE_BYTES ? null : parse(block, begin, length);
    if (event == null) {
      damaged++;
    } else {
      events++;
      records.accept(event);
    }
  }

  private static boolean isBlank(byte[] block, int begin, int length) {
    for (int i = begin; i < Math.min(begin + length, BLOCK_BYTES); i++) {
      if (block[i] != ' ' && block[i] != '\r' && block[i] != '\t') {
        return false;
      }
    }
    return length < BLOCK_BYTES;
  }

  private @Nullable EventRecord parse(byte[] block, int begin, int length) {
    try (JsonParser json = JSON.createParser(block, begin, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      Fields fields = new Fields();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        fields.take(name, json);
      }
      if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
        return null;
      }
      return fields.event();
    } catch (IOException | RuntimeException damage) {
      return null;
    }
  }

  /** Names come millions of times; one copy of each will do. */
  private @Nullable String intern(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (interned.size() >= INTERNED) {
      return interned.getOrDefault(text, text);
    }
    String first = interned.putIfAbsent(text, text);
    return first == null ? text : first;
  }

  /** The fields of one line; the reading thread only. */
  private final class Fields {
    private final String[] texts = new String[TEXTS.size()];
    private long seq;
    private long monoNanos;
    private long wallMillis;
    private int epoch;
    private int attempt;

    private void take(String name, JsonParser json) throws IOException {
      switch (name) {
        case "seq" -> seq = json.getLongValue();
        case "monoNanos" -> monoNanos = json.getLongValue();
        case "wallMillis" -> wallMillis = json.getLongValue();
        case "epoch" -> epoch = json.getIntValue();
        case "attempt" -> attempt = json.getIntValue();
        default -> {
          int index = TEXTS.indexOf(name);
          if (index >= 0) {
            texts[index] = json.getValueAsString();
          } else {
            json.skipChildren(); // a later version knows more
          }
        }
      }
    }

    @Nullable EventRecord event() {
      String inc = intern(text("inc"));
      String proc = intern(text("proc"));
      String ev = text("ev");
      if (seq < 1 || inc == null || proc == null || ev == null) {
        return null;
      }
      return new EventRecord(
          seq,
          inc,
          monoNanos,
          wallMillis,
          proc,
          EventKind.of(ev),
          intern(text("pipeline")),
          intern(text("source")),
          text("pos"),
          epoch,
          text("msg"),
          text("key"),
          attempt,
          intern(text("outcome")),
          text("detail"));
    }

    private @Nullable String text(String name) {
      return texts[TEXTS.indexOf(name)];
    }
  }

  private static final List<String> TEXTS =
      List.of("inc", "proc", "ev", "pipeline", "source", "pos", "msg", "key", "outcome", "detail");
}
