package dev.tailrace.observe;

import java.io.IOException;

/** Where whole lines are appended; used by one thread at a time. */
interface LineFile extends AutoCloseable {
  /** Appends whole lines: the first {@code length} of the bytes. */
  void write(byte[] bytes, int length) throws IOException;

  /** Brings everything written to the disk. */
  void sync() throws IOException;

  @Override
  void close() throws IOException;
}
