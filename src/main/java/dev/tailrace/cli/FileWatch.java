package dev.tailrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether configuration files have changed since it looked last, by what is in them: links
 * may be turned to other files, and times go back. Not thread-safe.
 */
final class FileWatch {
  private final List<Path> files;
  private List<Integer> seen;

  /** Has looked once. */
  FileWatch(List<Path> files) {
    this.files = List.copyOf(files);
    this.seen = look();
  }

  /** Looks again; a file that cannot be read has changed when it can, or could. */
  boolean changed() {
    List<Integer> now = look();
    boolean changed = !now.equals(seen);
    seen = now;
    return changed;
  }

  private List<Integer> look() {
    return files.stream().map(FileWatch::hash).toList();
  }

  private static Integer hash(Path file) {
    byte @Nullable [] content;
    try {
      content = Files.readAllBytes(file);
    } catch (IOException unreadable) {
      content = null;
    }
    return Arrays.hashCode(content);
  }
}
