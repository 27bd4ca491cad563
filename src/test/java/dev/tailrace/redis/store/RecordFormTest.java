package dev.tailrace.redis.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Records are packed as the scripts pack them; what is anything else is none. */
class RecordFormTest {
  private static final long MICROS = 1_795_000_000_000_000L;

  @Test
  void whatIsPackedIsUnpackedAgainWhateverItsSize() {
    for (int size : List.of(0, 31, 32, 255, 256, 65_535)) {
      Buffer text = Buffer.buffer(new byte[size]);
      for (long number : List.of(0L, 127L, 128L, 255L, 256L, 65_536L, 0xffff_ffffL, MICROS)) {
        List<Object> items = List.of(number, text, number);

        assertThat(RecordForm.unpack(RecordForm.pack(items))).isEqualTo(items);
      }
    }
  }

  @Test
  void partsPackedOneByOneMakeTheSameRecord() {
    byte[] id = "claim-1".getBytes(UTF_8);
    byte[] hash = new byte[32];
    Buffer parts =
        Buffer.buffer()
            .appendByte((byte) (0x90 | 4))
            .appendBytes(RecordForm.number(MICROS))
            .appendBytes(RecordForm.strings(id, hash))
            .appendBytes(RecordForm.number(0));

    List<Object> items = List.of(MICROS, Buffer.buffer(id), Buffer.buffer(hash), 0L);
    assertThat(parts.getBytes()).isEqualTo(RecordForm.pack(items));
  }

  @Test
  void anyDamageMakesItAnotherRecordOrNone() {
    SplittableRandom random = new SplittableRandom(20_261_122);
    StoredRecord whole =
        new StoredRecord(
            1,
            MICROS,
            Buffer.buffer("claim-1"),
            Buffer.buffer("owner#1"),
            MICROS / 1_000,
            9_000,
            Buffer.buffer(new byte[32]),
            3,
            1,
            0,
            1,
            Buffer.buffer("page 7"));
    assertThat(StoredRecord.read(whole.packed())).isEqualTo(whole);
    for (int i = 0; i < 20_000; i++) {
      byte[] packed = whole.packed();
      if (i % 2 == 0) {
        packed = Arrays.copyOf(packed, random.nextInt(packed.length));
      } else {
        packed[random.nextInt(packed.length)] = (byte) random.nextInt();
      }

      StoredRecord read = StoredRecord.read(packed);

      if (read != null) {
        assertThat(read.state()).isBetween(0L, 4L);
        assertThat(read.attempts()).isBetween(0L, Integer.MAX_VALUE - 1L);
        assertThat(read.packed()).isNotEmpty();
      }
    }
  }
}
