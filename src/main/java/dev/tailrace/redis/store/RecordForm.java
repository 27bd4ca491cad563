package dev.tailrace.redis.store;

import io.vertx.core.buffer.Buffer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as the scripts pack it, which is MessagePack: an array of whole numbers and of strings
 * of bytes. So a store that may run scripts and one that may not read each other's records.
 */
final class RecordForm {
  private static final int FIX_ARRAY = 0x90;
  private static final int FIX_STRING = 0xa0;
  private static final int STRING_8 = 0xd9;
  private static final int STRING_16 = 0xda;
  private static final int UNSIGNED_8 = 0xcc;
  private static final int UNSIGNED_16 = 0xcd;
  private static final int UNSIGNED_32 = 0xce;
  private static final int UNSIGNED_64 = 0xcf;
  private static final int MOST_STRING = 0xffff;
  private static final int MOST_ITEMS = 15;
  private static final int MOST_HEAD = 3; // of a string: its kind and its length
  private static final int MOST_NUMBER_BYTES = 9;

  private RecordForm() {}

  /** Packs {@code Long}s and {@code Buffer}s, at most 15. */
  static byte[] pack(List<?> items) {
    int size = 1;
    for (Object item : items) {
      size += item instanceof Buffer bytes ? MOST_HEAD + bytes.length() : MOST_NUMBER_BYTES;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put((byte) (FIX_ARRAY | items.size()));
    for (Object item : items) {
      if (item instanceof Buffer bytes) {
        packString(out, bytes.getBytes());
      } else {
        packNumber(out, (Long) item);
      }
    }
    return written(out);
  }

  /** Packs strings of bytes one after the other, as they are within a record. */
  static byte[] strings(byte[]... strings) {
    int size = 0;
    for (byte[] bytes : strings) {
      size += MOST_HEAD + bytes.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (byte[] bytes : strings) {
      packString(out, bytes);
    }
    return written(out);
  }

  /** Packs a number, at least 0, as it is within a record. */
  static byte[] number(long number) {
    ByteBuffer out = ByteBuffer.allocate(MOST_NUMBER_BYTES);
    packNumber(out, number);
    return written(out);
  }

  private static byte[] written(ByteBuffer out) {
    byte[] packed = new byte[out.position()];
    out.flip().get(packed);
    return packed;
  }

  private static void packString(ByteBuffer out, byte[] bytes) {
    if (bytes.length > MOST_STRING) {
      throw new IllegalArgumentException("a string of " + bytes.length + " bytes in a record");
    }
    if (bytes.length < 32) {
      out.put((byte) (FIX_STRING | bytes.length));
    } else if (bytes.length <= 0xff) {
      out.put((byte) STRING_8).put((byte) bytes.length);
    } else {
      out.put((byte) STRING_16).putShort((short) bytes.length);
    }
    out.put(bytes);
  }

  private static void packNumber(ByteBuffer out, long number) {
    if (number < 0) {
      throw new IllegalArgumentException(number + " in a record");
    }
    if (number < 0x80) {
      out.put((byte) number);
    } else if (number <= 0xff) {
      out.put((byte) UNSIGNED_8).put((byte) number);
    } else if (number <= 0xffff) {
      out.put((byte) UNSIGNED_16).putShort((short) number);
    } else if (number <= 0xffff_ffffL) {
      out.put((byte) UNSIGNED_32).putInt((int) number);
    } else {
      out.put((byte) UNSIGNED_64).putLong(number);
    }
  }

  /** Unpacks {@code Long}s and {@code Buffer}s; null where these bytes are anything else. */
  static @Nullable List<Object> unpack(byte[] packed) {
    ByteBuffer in = ByteBuffer.wrap(packed);
    try {
      int count = (in.get() & 0xff) - FIX_ARRAY;
      if (count < 0 || count > MOST_ITEMS) {
        return null;
      }
      List<Object> items = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        Object item = unpackItem(in);
        if (item == null) {
          return null;
        }
        items.add(item);
      }
      return in.hasRemaining() ? null : items;
    } catch (BufferUnderflowException cut) {
      return null;
    }
  }

  private static @Nullable Object unpackItem(ByteBuffer in) {
    int kind = in.get() & 0xff;
    if (kind < 0x80) {
      return (long) kind;
    }
    if ((kind & 0xe0) == FIX_STRING) {
      return bytes(in, kind & 0x1f);
    }
    return switch (kind) {
      case UNSIGNED_8 -> (long) (in.get() & 0xff);
      case UNSIGNED_16 -> (long) (in.getShort() & 0xffff);
      case UNSIGNED_32 -> in.getInt() & 0xffff_ffffL;
      case UNSIGNED_64 -> in.getLong();
      case STRING_8 -> bytes(in, in.get() & 0xff);
      case STRING_16 -> bytes(in, in.getShort() & 0xffff);
      default -> null;
    };
  }

  private static Buffer bytes(ByteBuffer in, int length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return Buffer.buffer(bytes);
  }
}
