package dev.tailrace.chaos;

import dev.tailrace.local.RunDelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One process from its start to its end, and what was done to it. Used by the thread of its seat;
 * read by others once it is over.
 */
final class Life {
  private static final int KILLED = 128 + 9;
  private static final int HALTED = 1;
  private static final String EXHAUSTED = "out of memory: this process ends here";

  private final String name;
  private final Path folder;
  private final Fate fate;
  private final Process process;
  private final long startedNanos = System.nanoTime();
  private final CompletableFuture<Long> ended;
  private boolean killed; // seat's thread
  private long stoppedNanos; // seat's thread; 0 while nobody asked it to stop
  private @Nullable RunDelay delay; // seat's thread; from its stop on
  private boolean underLoad; // seat's thread

  /** How it ended. */
  enum Ending {
    /** Killed from outside. */
    KILLED,
    /** Killed by itself, at its fail point. */
    DIED_AT_POINT,
    /** Stopped in order; the exit code says how clean. */
    STOPPED,
    /** Ended by itself, since its memory was exhausted. */
    EXHAUSTED,
    /** Ended though nobody wanted it. */
    UNCALLED
  }

  Life(String name, Path folder, Fate fate, Process process) {
    this.name = name;
    this.folder = folder;
    this.fate = fate;
    this.process = process;
    this.ended = process.onExit().thenApply(over -> System.nanoTime());
  }

  String name() {
    return name;
  }

  Fate fate() {
    return fate;
  }

  Process process() {
    return process;
  }

  /** Its event log; it may not have come so far. */
  Path events() {
    return folder.resolve(name + ".jsonl");
  }

  Path report() {
    return folder.resolve(name + ".report.json");
  }

  Path log() {
    return folder.resolve(name + ".log");
  }

  /** Whether it has told anything: only then the checker knows of it. */
  boolean hasEvents() {
    try {
      return Files.exists(events()) && Files.size(events()) > 0;
    } catch (IOException gone) {
      return false;
    }
  }

  /** Waits until it has told something, or has ended. */
  void awaitFirstEvent() {
    while (process.isAlive() && !hasEvents()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  /** SIGKILL. */
  void kill() {
    if (process.isAlive()) {
      killed = true;
      process.destroyForcibly();
    }
  }

  /** SIGTERM; its clock runs from now. */
  void stop(boolean loaded) {
    underLoad = loaded;
    delay = new RunDelay(process.pid());
    stoppedNanos = System.nanoTime();
    process.destroy();
  }

  /** SIGSTOP or SIGCONT. */
  void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Waits for its end; says how it ended. */
  Ending await() throws InterruptedException {
    while (!process.waitFor(20, TimeUnit.MILLISECONDS)) {
      if (delay != null) {
        delay.sample();
      }
    }
    return ending();
  }

  Ending ending() {
    if (exitCode() == KILLED) {
      return killed || fate.failPoint() == null ? Ending.KILLED : Ending.DIED_AT_POINT;
    }
    if (exitCode() == HALTED && hasSaid(EXHAUSTED)) {
      return Ending.EXHAUSTED;
    }
    return stoppedNanos == 0 ? Ending.UNCALLED : Ending.STOPPED;
  }

  private boolean hasSaid(String words) {
    try (var lines = Files.lines(log(), StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.contains(words));
    } catch (IOException unread) {
      throw new UncheckedIOException(unread);
    }
  }

  /** Whether what it was fated to has come. */
  boolean fulfilled() {
    return switch (ending()) {
      case KILLED -> fate.failPoint() == null && fate.act() == Fate.Act.KILL;
      case DIED_AT_POINT -> true;
      case STOPPED -> fate.failPoint() == null && fate.act() != Fate.Act.KILL;
      case EXHAUSTED, UNCALLED -> false;
    };
  }

  int exitCode() {
    return process.exitValue();
  }

  /** How long its stop took; 0 where nobody asked for one. */
  long stopNanos() {
    return stoppedNanos == 0 ? 0 : ended.join() - stoppedNanos;
  }

  /** Whether it was asked to stop with load on it; else at the end of the round. */
  boolean stoppedUnderLoad() {
    return underLoad;
  }

  /** How long, since it was asked to stop, one of its threads stood ready and got no processor. */
  long delayNanos() {
    return delay == null ? 0 : delay.nanos();
  }

  long livedNanos() {
    return ended.join() - startedNanos;
  }

  /** One line for people. */
  String describe() {
    @Nullable String how =
        switch (ending()) {
          case KILLED -> "killed";
          case DIED_AT_POINT -> "died at " + fate.failPoint();
          case STOPPED ->
              "stopped in %d ms with %d"
                  .formatted(TimeUnit.NANOSECONDS.toMillis(stopNanos()), exitCode());
          case EXHAUSTED -> "ran out of memory";
          case UNCALLED -> "ended by itself with " + exitCode();
        };
    return "%s (%s) %s after %d ms"
        .formatted(name, fate.fault(), how, TimeUnit.NANOSECONDS.toMillis(livedNanos()));
  }
}
