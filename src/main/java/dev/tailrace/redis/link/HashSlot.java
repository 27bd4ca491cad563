package dev.tailrace.redis.link;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Which of a cluster's slots a key is in: CRC-16 (XMODEM: polynomial 0x1021, from 0) of its hash
 * tag, which is what stands between its first brace and the next closing one, or of all of it where
 * there is none. As the Redis Cluster specification has it.
 */
public final class HashSlot {
  /** How many slots there are. */
  public static final int COUNT = 16_384;

  private static final int POLYNOMIAL = 0x1021;
  private static final int[] TABLE = new int[256];

  static {
    for (int i = 0; i < TABLE.length; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ POLYNOMIAL;
      }
      TABLE[i] = crc & 0xffff;
    }
  }

  private HashSlot() {}

  /** The slot of a key, from 0. */
  public static int of(String key) {
    return of(key.getBytes(StandardCharsets.UTF_8));
  }

  /** The slot of a key, from 0. */
  public static int of(byte[] key) {
    byte[] tag = tag(key);
    int crc = 0;
    for (byte next : tag) {
      crc = ((crc << 8) & 0xffff) ^ TABLE[((crc >>> 8) ^ next) & 0xff];
    }
    return crc % COUNT;
  }

  /** The hash tag of a key, or all of it where it has none. */
  public static String tag(String key) {
    return new String(tag(key.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
  }

  private static byte[] tag(byte[] key) {
    int open = indexOf(key, '{', 0);
    int close = open < 0 ? -1 : indexOf(key, '}', open + 1);
    return close > open + 1 ? Arrays.copyOfRange(key, open + 1, close) : key;
  }

  private static int indexOf(byte[] key, char wanted, int from) {
    for (int i = from; i < key.length; i++) {
      if (key[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
