package dev.tailrace.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The file of an event log, appended to and rotated by size; used by one thread at a time. A lock
 * on the file keeps a second process from it.
 */
final class EventFile implements LineFile {
  private final Path file;
  private final long rotateBytes;
  private FileChannel channel; // owned by the writer
  private long size; // owned by the writer
  private long number; // owned by the writer

  /** Opens, or begins, the file; a line that a killed process left torn is ended first. */
  EventFile(Path file, long rotateBytes) throws IOException {
    this.file = file.toAbsolutePath();
    this.rotateBytes = rotateBytes;
    Path folder = this.file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    List<Path> parts = rotated(this.file);
    number = parts.isEmpty() ? 0 : numberOf(this.file, parts.get(parts.size() - 1));
    channel = open();
    size = channel.size();
    if (isTorn()) {
      write(new byte[] {'\n'}, 1);
    }
  }

  /** Writes whole lines, and begins a new file where this one is full. */
  @Override
  public void write(byte[] bytes, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    size += length;
    if (size >= rotateBytes) {
      rotate();
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The full parts of a log, the oldest first; without the file that is being written. */
  static List<Path> rotated(Path file) throws IOException {
    List<Path> parts = new ArrayList<>();
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return parts;
    }
    try (DirectoryStream<Path> siblings = Files.newDirectoryStream(folder)) {
      for (Path sibling : siblings) {
        if (numberOf(file, sibling) > 0) {
          parts.add(sibling);
        }
      }
    }
    parts.sort(Comparator.comparingLong(part -> numberOf(file, part)));
    return parts;
  }

  /** The number of a rotated part of {@code file}; 0 for any other file. */
  private static long numberOf(Path file, Path sibling) {
    String prefix = file.getFileName() + ".";
    String name = sibling.getFileName().toString();
    if (!name.startsWith(prefix) || !name.substring(prefix.length()).matches("[1-9][0-9]{0,9}")) {
      return 0;
    }
    return Long.parseLong(name.substring(prefix.length()));
  }

  private void rotate() throws IOException {
    channel.force(false);
    number++;
    Files.move(file, file.resolveSibling(file.getFileName() + "." + number));
    channel.close();
    channel = open();
    size = 0;
  }

  private FileChannel open() throws IOException {
    FileChannel opened =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (opened.tryLock() == null) {
        throw new IOException("another process writes events to " + file);
      }
      opened.position(opened.size());
      return opened;
    } catch (IOException | OverlappingFileLockException failure) {
      closeAfter(opened, failure);
      throw failure instanceof IOException io
          ? io
          : new IOException("another pool of this process writes events to " + file, failure);
    }
  }

  private static void closeAfter(FileChannel opened, Exception failure) {
    try {
      opened.close();
    } catch (IOException second) {
      failure.addSuppressed(second);
    }
  }

  private boolean isTorn() throws IOException {
    if (size == 0) {
      return false;
    }
    ByteBuffer last = ByteBuffer.allocate(1);
    channel.read(last, size - 1);
    return last.get(0) != '\n';
  }
}
