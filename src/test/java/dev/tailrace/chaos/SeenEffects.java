package dev.tailrace.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the witnesses of all processes have written so far: read on where the last look ended, so
 * that looking often is cheap. Guarded by itself.
 */
final class SeenEffects {
  private final Path folder;
  private final Map<Path, Long> read = new HashMap<>();
  private final Map<String, Map<String, Effect>> byPipeline = new HashMap<>();
  private long total;

  /** The effects of one message. */
  static final class Effect {
    private long firstNanos;
    private int times;

    /** When the first of them was. */
    long firstNanos() {
      return firstNanos;
    }

    int times() {
      return times;
    }
  }

  SeenEffects(Path folder) {
    this.folder = folder;
  }

  /** Reads what has come since; says how many messages of a pipeline have an effect. */
  synchronized int look(String pipeline) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "*.effects")) {
      for (Path file : files) {
        readOn(file);
      }
    }
    return of(pipeline).size();
  }

  /** By message, as of the last look. */
  synchronized Map<String, Effect> of(String pipeline) {
    return byPipeline.computeIfAbsent(pipeline, name -> new HashMap<>());
  }

  /** All effects, also repeated ones, as of the last look. */
  synchronized long total() {
    return total;
  }

  /** All witnesses' files in one, as the checker reads it. */
  synchronized void joinInto(Path file) throws IOException {
    try (var out = Files.newOutputStream(file);
        var files = Files.newDirectoryStream(folder, "*.effects")) {
      for (Path each : files) {
        Files.copy(each, out);
      }
    }
  }

  private void readOn(Path file) throws IOException {
    long from = read.getOrDefault(file, 0L);
    long size = Files.size(file);
    if (size == from) {
      return;
    }
    byte[] bytes;
    try (var in = Files.newByteChannel(file)) {
      in.position(from);
      var buffer = ByteBuffer.allocate((int) (size - from));
      while (buffer.hasRemaining() && in.read(buffer) >= 0) {
        // until all is read
      }
      bytes = buffer.array();
    }
    String text = new String(bytes, UTF_8);
    int end = text.lastIndexOf('\n') + 1; // the last line may not be whole yet
    text.substring(0, end).lines().forEach(this::line);
    read.put(file, from + end);
  }

  /** {@code {"pipeline":"orders","msg":"orders/2@57","nanos":123,"proc":"life-001"}}. */
  private void line(String line) {
    String[] parts = line.split("\"", -1);
    long nanos = Long.parseLong(parts[10].substring(1, parts[10].length() - 1));
    Effect effect = of(parts[3]).computeIfAbsent(parts[7], message -> new Effect());
    effect.firstNanos = effect.times == 0 ? nanos : Math.min(effect.firstNanos, nanos);
    effect.times++;
    total++;
  }
}
