package dev.tailrace.observe;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Bytes that wait to be written, or are being written; not thread-safe. */
final class EventBacklog extends OutputStream {
  private static final int FIRST_BYTES = 64 * 1024;

  private byte[] bytes = new byte[FIRST_BYTES]; // guarded by its owner
  private int size; // guarded by its owner

  @Override
  public void write(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  int size() {
    return size;
  }

  /** Gives everything to {@code taken}, and takes its memory in turn. */
  void moveTo(EventBacklog taken) {
    byte[] empty = taken.bytes;
    taken.bytes = bytes;
    taken.size = size;
    bytes = empty;
    size = 0;
  }

  void writeTo(LineFile file) throws IOException {
    file.write(bytes, size);
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
