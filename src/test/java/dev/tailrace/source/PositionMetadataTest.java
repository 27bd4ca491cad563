package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.BitSet;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PositionMetadataTest {
  private static final int MUTATIONS = 10_000;
  private static final UUID LOG = new UUID(0x0123456789abcdefL, -2);

  @Test
  void nothingToSayIsNoText() {
    assertThat(PositionMetadata.NONE.encode(5)).isEmpty();
    assertThat(PositionMetadata.decode(5, "").metadata()).contains(PositionMetadata.NONE);
  }

  @Test
  void theWidestWindowFitsTheBrokersDefaultLimitInItsWorstCase() {
    Random random = new Random(1);
    for (int world = 0; world < 200; world++) {
      BitSet finished = random(random, PositionMetadata.MAX_WINDOW, 1 + random.nextInt(8));
      finished.set(PositionMetadata.MAX_WINDOW - 1);
      String text =
          PositionMetadata.of(PositionMetadata.MAX_RESUMES, finished).ofLog(LOG).encode(1);
      assertThat(text.length()).isLessThanOrEqualTo(PositionMetadata.MAX_CHARS);
    }
    assertThat(PositionMetadata.windowFor(PositionMetadata.MAX_CHARS))
        .isEqualTo(PositionMetadata.MAX_WINDOW);
  }

  @Test
  void whatIsWrittenReadsBack() {
    Random random = new Random(2);
    for (int world = 0; world < 3_000; world++) {
      BitSet finished = random(random, 1 + random.nextInt(3_000), 1 + random.nextInt(200));
      PositionMetadata written =
          PositionMetadata.of(random.nextInt(70_000), finished)
              .ofLog(random.nextBoolean() ? LOG : null);
      long position = random.nextLong() >>> 1;
      PositionMetadata.Decoded read = PositionMetadata.decode(position, written.encode(position));
      assertThat(read.metadata()).as("world %d", world).contains(written);
      assertThat(read.reason()).isEmpty();
    }
  }

  @Test
  void theLogIsToldAlsoWhereThereIsNothingElseToSay() {
    String text = PositionMetadata.NONE.ofLog(LOG).encode(5);
    PositionMetadata read = PositionMetadata.decode(5, text).metadata().orElseThrow();
    assertThat(read.logId()).contains(LOG);
    assertThat(read.length()).isZero();
    assertThat(PositionMetadata.NONE.logId()).isEmpty();
  }

  @Test
  void whatTheFirstVersionWroteIsReadAndWrittenAsBeforeWhereNoLogIsKnown() {
    BitSet runs = new BitSet();
    runs.set(1);
    runs.set(3, 200);
    BitSet plain = new BitSet();
    for (int i = 1; i < 60; i += 2) {
      plain.set(i);
    }
    String first = "VFIBASJ3GKEAAAAAAAAAZAACAMgBAQHFAQ";
    String second = "VFIBAKg13v4AAAAAAAAABwAAADyqqqqqqqqqCg";
    assertThat(PositionMetadata.decode(100, first).metadata())
        .contains(PositionMetadata.of(2, runs));
    assertThat(PositionMetadata.decode(7, second).metadata())
        .contains(PositionMetadata.of(0, plain));
    assertThat(PositionMetadata.of(2, runs).encode(100)).isEqualTo(first);
    assertThat(PositionMetadata.of(0, plain).encode(7)).isEqualTo(second);
  }

  @Test
  void longRunsAreShorterThanTheirBitmap() {
    BitSet finished = new BitSet();
    finished.set(1, 20_000);
    assertThat(PositionMetadata.of(0, finished).encode(9).length()).isLessThan(40);
  }

  @Test
  void aWindowMadeForFewCharactersFitsThemInAnyState() {
    for (int chars = 50; chars < PositionMetadata.MAX_CHARS; chars += 17) {
      int window = PositionMetadata.windowFor(chars);
      BitSet finished = new BitSet();
      for (int i = window - 1; i >= 0; i -= 2) {
        finished.set(i);
      }
      PositionMetadata fullest = PositionMetadata.of(1, finished).ofLog(LOG);
      assertThat(fullest.encode(1).length()).isLessThanOrEqualTo(chars);
    }
    assertThat(PositionMetadata.windowFor(10)).isZero();
  }

  @Test
  void foreignFutureAndMisplacedTextIsRefusedWithItsReason() {
    BitSet finished = new BitSet();
    finished.set(3);
    String text = PositionMetadata.of(0, finished).encode(100);
    byte[] future = Base64.getDecoder().decode(text);
    future[2] = 9;
    assertRefused("{\"from\": \"another client\"}", "not written by Tailrace");
    assertRefused("Q29uZmx1ZW50IFBhcmFsbGVsIENvbnN1bWVy", "not written by Tailrace");
    assertRefused(Base64.getEncoder().encodeToString(future), "version 9");
    assertRefused(PositionMetadata.of(0, finished).encode(99), "written for position 99, not 100");
  }

  @Test
  void tenThousandMutationsAreReadAsWrittenOrRefused() {
    Random random = new Random(3);
    for (int i = 0; i < MUTATIONS; i++) {
      PositionMetadata written =
          PositionMetadata.of(
                  random.nextInt(3),
                  random(random, 1 + random.nextInt(500), 1 + random.nextInt(50)))
              .ofLog(random.nextBoolean() ? LOG : null);
      String mutated = mutate(random, written.encode(100));
      PositionMetadata.Decoded read = PositionMetadata.decode(100, mutated);
      if (read.metadata().isEmpty()) {
        assertThat(read.reason()).as("mutation %d", i).isNotEmpty();
      } else if (!mutated.isEmpty()) {
        assertThat(read.metadata()).as("mutation %d: %s", i, mutated).contains(written);
      }
    }
  }

  @Test
  void aBodyThatDoesNotReadIsRefusedAlsoUnderARightChecksum() {
    Random random = new Random(4);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = new byte[20 + random.nextInt(60)];
      random.nextBytes(bytes);
      System.arraycopy("TR".getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, 2);
      bytes[2] = (byte) (1 + random.nextInt(2));
      bytes[3] = (byte) random.nextInt(3);
      java.nio.ByteBuffer header = java.nio.ByteBuffer.wrap(bytes);
      header.putLong(8, 100).putShort(18, (short) random.nextInt(300));
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(bytes, 0, 4);
      crc.update(bytes, 8, bytes.length - 8);
      header.putInt(4, (int) crc.getValue());
      PositionMetadata.Decoded read =
          PositionMetadata.decode(100, Base64.getEncoder().encodeToString(bytes));
      int length = Short.toUnsignedInt(header.getShort(18));
      if (read.metadata().isPresent()) {
        assertThat(read.metadata().get().length()).as("body %d", i).isEqualTo(length);
      } else {
        assertThat(read.reason()).as("body %d", i).contains("damaged");
      }
    }
  }

  @Test
  void moreThanTheWindowIsRefused() {
    BitSet finished = new BitSet();
    finished.set(PositionMetadata.MAX_WINDOW);
    assertThatIllegalArgumentException().isThrownBy(() -> PositionMetadata.of(0, finished));
  }

  private static void assertRefused(String text, String reason) {
    PositionMetadata.Decoded read = PositionMetadata.decode(100, text);
    assertThat(read.metadata()).isEmpty();
    assertThat(read.reason()).contains(reason);
  }

  private static BitSet random(Random random, int length, int meanRun) {
    BitSet bits = new BitSet();
    int at = 1;
    while (at < length) {
      int end = at + 1 + random.nextInt(meanRun);
      bits.set(at, Math.min(end, length));
      at = end + 1 + random.nextInt(meanRun);
    }
    return bits;
  }

  private static String mutate(Random random, String text) {
    StringBuilder mutated = new StringBuilder(text);
    for (int changes = 1 + random.nextInt(3); changes > 0 && !mutated.isEmpty(); changes--) {
      int at = random.nextInt(mutated.length());
      switch (random.nextInt(4)) {
        case 0 -> mutated.setCharAt(at, (char) random.nextInt(0x180));
        case 1 -> mutated.deleteCharAt(at);
        case 2 -> mutated.insert(at, (char) (33 + random.nextInt(94)));
        default -> mutated.setLength(at);
      }
    }
    return mutated.toString();
  }
}
