package dev.tailrace.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Makes inputs out of others, after a seed: the part that runs where Jazzer does not. */
final class Mutator {
  private static final int MOST_BYTES = 1 << 16;
  private static final byte[][] WORDS = {
    {0},
    {(byte) 0xff},
    {(byte) 0x80},
    {'\n'},
    {'"'},
    {'{'},
    {'}'},
    {'['},
    {'-'},
    {':'},
    {'$', '{'},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    "9223372036854775808".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
    {'\\', 'u', 'd', '8', '0', '0'},
    {'&', 'a', ' ', '*', 'a'},
    {' ', ' '}
  };

  private final List<byte[]> kept;
  private final SplittableRandom random;

  Mutator(List<byte[]> kept, long seed) {
    this.kept = kept;
    this.random = new SplittableRandom(seed);
  }

  byte[] next() {
    byte[] bytes = kept.get(random.nextInt(kept.size())).clone();
    for (int changes = 1 + random.nextInt(6); changes > 0; changes--) {
      bytes = changed(bytes);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    int end = at + random.nextInt(Math.min(64, bytes.length - at) + 1);
    return switch (random.nextInt(7)) {
      case 0 -> spliced(bytes, at, end, new byte[0]);
      case 1 -> spliced(bytes, at, at, WORDS[random.nextInt(WORDS.length)]);
      case 2 -> spliced(bytes, at, end, WORDS[random.nextInt(WORDS.length)]);
      case 3 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, end));
      case 4 -> spliced(bytes, at, end, part(kept.get(random.nextInt(kept.size()))));
      case 5 -> spliced(bytes, at, at, repeated(bytes, at, end));
      default -> flipped(bytes, at);
    };
  }

  private byte[] part(byte[] other) {
    int from = random.nextInt(other.length + 1);
    return Arrays.copyOfRange(other, from, from + random.nextInt(other.length - from + 1));
  }

  /** A piece over and over: what nests is nested deeply. */
  private byte[] repeated(byte[] bytes, int at, int end) {
    byte[] many = new byte[(end - at) * (1 + random.nextInt(500))];
    for (int i = 0; i < many.length; i++) {
      many[i] = bytes[at + i % (end - at)];
    }
    return many;
  }

  private byte[] flipped(byte[] bytes, int at) {
    if (at < bytes.length) {
      bytes[at] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private static byte[] spliced(byte[] bytes, int at, int end, byte[] between) {
    byte[] made = Arrays.copyOf(bytes, bytes.length - (end - at) + between.length);
    System.arraycopy(between, 0, made, at, between.length);
    System.arraycopy(bytes, end, made, at + between.length, bytes.length - end);
    return made.length > MOST_BYTES ? Arrays.copyOf(made, MOST_BYTES) : made;
  }
}
