package dev.tailrace.source;

import dev.tailrace.fuzz.FuzzBytes;
import dev.tailrace.source.PositionMetadata.Decoded;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.CRC32C;

/** What somebody committed beside a position: read or refused, and what is read is kept. */
public final class PositionMetadataFuzz {
  private static final int CHECKSUM_AT = 4;
  private static final int POSITION_AT = 8;

  private PositionMetadataFuzz() {}

  /** A first byte that is even: any text; else ours with a checksum and position that are right. */
  public static void fuzzerTestOneInput(byte[] input) {
    FuzzBytes bytes = new FuzzBytes(input);
    boolean sealed = bytes.next() % 2 == 1;
    long position = bytes.nextLong();
    String text = sealed ? sealed(position, bytes.rest()) : bytes.restAsText();
    Decoded decoded = PositionMetadata.decode(position, text);
    if (decoded.metadata().isEmpty()) {
      require(!decoded.reason().isEmpty(), "refused without a reason");
      return;
    }
    PositionMetadata metadata = decoded.metadata().get();
    require(metadata.length() <= PositionMetadata.MAX_WINDOW, "wider than any window");
    String again = metadata.encode(position);
    require(again.length() <= PositionMetadata.MAX_CHARS, "longer than a broker takes");
    require(
        PositionMetadata.decode(position, again).metadata().filter(metadata::equals).isPresent(),
        "not read as it was written");
  }

  private static String sealed(long position, byte[] rest) {
    byte[] bytes = new byte[Math.max(PositionMetadata.HEADER_BYTES, rest.length)];
    System.arraycopy(rest, 0, bytes, 0, rest.length);
    ByteBuffer header = ByteBuffer.wrap(bytes);
    header
        .put(0, (byte) 'T')
        .put(1, (byte) 'R')
        .put(2, (byte) (1 + Math.floorMod(bytes[2], 2)))
        .putLong(POSITION_AT, position);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, CHECKSUM_AT);
    crc.update(bytes, POSITION_AT, bytes.length - POSITION_AT);
    header.putInt(CHECKSUM_AT, (int) crc.getValue());
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void require(boolean kept, String otherwise) {
    if (!kept) {
      throw new IllegalStateException(otherwise);
    }
  }
}
