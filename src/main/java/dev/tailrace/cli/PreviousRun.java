package dev.tailrace.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the process before ended, by its audit lines and its last words.
 *
 * @param crash what is to be said where it ended without a report, else null
 * @param drain how long its drain took, where it ended with one
 */
record PreviousRun(@Nullable Crash crash, @Nullable Duration drain) {
  /** Nobody has said anything. */
  static final PreviousRun UNKNOWN = new PreviousRun(null, null);

  /** The end of the file that is looked at; older lines are of older runs. */
  static final int LOOKED_AT = 1 << 16;

  /**
   * An end without a report.
   *
   * @param incarnation of that process
   * @param phase the last that is known
   * @param inFlight messages then; negative where nobody knows
   * @param at when it was alive last
   */
  record Crash(String incarnation, String phase, long inFlight, String at) {
    /** One sentence. */
    String note() {
      return "previous run ended without a report: last phase "
          + phase
          + ", in flight then "
          + (inFlight < 0 ? "unknown" : inFlight)
          + " (incarnation "
          + incarnation
          + ", last seen "
          + at
          + ")";
    }
  }

  /**
   * Looks back; a file that is not there tells nothing.
   *
   * @param file the audit
   * @param instance whose lines count
   * @param said the last words, where there are any
   */
  static PreviousRun of(Path file, String instance, Optional<LastWords.Said> said)
      throws IOException {
    JsonObject last = null;
    for (JsonObject line : tail(file)) {
      if (instance.equals(line.getString("instance"))) {
        last = line;
      }
    }
    JsonObject end = last != null && AuditTrail.END.equals(last.getString("event")) ? last : null;
    if (said.isPresent()) {
      LastWords.Said words = said.get();
      boolean told = end != null && words.incarnation().equals(end.getString("incarnation"));
      if (!words.ended() && !told) {
        return new PreviousRun(
            new Crash(words.incarnation(), words.phase(), words.inFlight(), words.at().toString()),
            null);
      }
    } else if (last != null && AuditTrail.BEGIN.equals(last.getString("event"))) {
      return new PreviousRun(
          new Crash(
              last.getString("incarnation", ""),
              last.getString("phase", "") + " or later",
              -1,
              last.getString("at", "")),
          null);
    }
    Long millis = end == null ? null : end.getLong("durationMillis");
    return new PreviousRun(null, millis == null ? null : Duration.ofMillis(millis));
  }

  private static List<JsonObject> tail(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    byte[] bytes;
    try (RandomAccessFile audit = new RandomAccessFile(file.toFile(), "r")) {
      long begin = Math.max(0, audit.length() - LOOKED_AT);
      bytes = new byte[(int) (audit.length() - begin)];
      audit.seek(begin);
      audit.readFully(bytes);
    }
    List<JsonObject> lines = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      try {
        lines.add(new JsonObject(line));
      } catch (DecodeException cut) {
        // The first of what is looked at, or one that a full disk has cut.
      }
    }
    return lines;
  }
}
