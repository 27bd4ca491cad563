package dev.tailrace.verify;

import dev.tailrace.fuzz.FuzzBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Logs that anybody wrote, and what else the checker is given: a verdict, or an error that says.
 */
public final class EventLogFuzz {
  private static final Path FOLDER = folder();

  private EventLogFuzz() {}

  /** Up to four zeros part two logs, effects, positions and a report. */
  public static void fuzzerTestOneInput(byte[] input) {
    FuzzBytes bytes = new FuzzBytes(input);
    try {
      Path one = file("one.jsonl", bytes.upToZero());
      Path other = file("other.jsonl", bytes.upToZero());
      Path effects = file("effects.jsonl", bytes.upToZero());
      Path committed = file("committed.jsonl", bytes.upToZero());
      Path report = file("report.json", bytes.rest());
      check(new VerifyInput(List.of(one), null, null, List.of(), Expectations.NONE));
      check(
          new VerifyInput(
              List.of(one, other), effects, committed, List.of(report), Expectations.NONE));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void check(VerifyInput input) {
    try {
      Verdicts verdicts = Verification.check(input);
      if (verdicts.toText().isEmpty()) {
        throw new IllegalStateException("no verdict");
      }
    } catch (IOException unreadable) {
      if (unreadable.getMessage() == null) {
        throw new UncheckedIOException("an error that says nothing", unreadable);
      }
    }
  }

  private static Path file(String name, byte[] bytes) throws IOException {
    return Files.write(FOLDER.resolve(name), bytes);
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
