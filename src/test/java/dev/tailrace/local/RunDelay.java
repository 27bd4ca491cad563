package dev.tailrace.local;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * How long a process's threads were ready to run and got no processor, because the machine gave it
 * to others: the most of any single thread since this was made. It is what a busy machine adds to
 * the times of a process at least; known where Linux tells it, and zero elsewhere. For one thread.
 */
public final class RunDelay {
  private final Path tasks;
  private final Map<Path, Long> begin;
  private long most;

  /** Of a process that lives; looks for the first time. */
  public RunDelay(long pid) {
    this.tasks = Path.of("/proc", Long.toString(pid), "task");
    this.begin = look();
  }

  /** Looks again; to be called while the process lives, since what it waited goes with it. */
  public void sample() {
    look().forEach((task, waited) -> most = Math.max(most, waited - begin.getOrDefault(task, 0L)));
  }

  /** The most that any thread waited. */
  public long nanos() {
    return most;
  }

  private Map<Path, Long> look() {
    Map<Path, Long> waited = new HashMap<>();
    try (var threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        String[] fields = Files.readString(thread.resolve("schedstat")).strip().split(" ", -1);
        waited.put(thread, Long.parseLong(fields[1]));
      }
    } catch (IOException | DirectoryIteratorException over) {
      return waited; // threads and processes end meanwhile
    }
    return waited;
  }
}
