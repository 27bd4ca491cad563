package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import dev.tailrace.source.PositionTracker.Begin;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Partitions that begin beside metadata which somebody else wrote, or which was damaged. */
class DamagedMetadataTest {
  private static final int INPUTS = 10_000;
  private static final long COMMITTED = 100;
  private static final int ABOVE = 64;

  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final SimulatedBroker broker = new SimulatedBroker(simulation.loop("network"));
  private final HeardEvents heard = new HeardEvents();
  private final Committer committer =
      new Committer(
          new SourceEnvironment("pipeline", "instance", 0, loop, heard),
          Duration.ofMillis(100),
          1_000,
          broker);

  @Test
  void whatDoesNotReadRepeatsEverythingAfterOneWarning() {
    Random random = new Random(5);
    for (int input = 0; input < INPUTS; input++) {
      BitSet finished = new BitSet();
      for (int above = 1; above < ABOVE; above++) {
        finished.set(above, random.nextBoolean());
      }
      String written = PositionMetadata.of(0, finished).encode(COMMITTED);
      String found = damaged(random, written);
      int alarmsBefore = heard.said().size();

      Partition partition = new Partition("orders/1", input);
      TrackedPartition tracked =
          loop.call(() -> committer.track(partition, new Position(COMMITTED, found), -1));
      BitSet believed = begun(tracked);
      loop.turn(() -> committer.end(partition));

      int alarms = heard.said().size() - alarmsBefore;
      if (found.isEmpty()) {
        assertThat(alarms).as("nothing written is no damage").isZero();
        assertThat(believed.isEmpty()).isTrue();
      } else if (alarms == 0) {
        assertThat(believed).as("input %d: %s", input, found).isEqualTo(finished);
      } else {
        assertThat(heard.said().subList(alarmsBefore, heard.said().size()))
            .containsExactly("alarm METADATA orders/1");
        assertThat(believed.isEmpty()).as("input %d: %s", input, found).isTrue();
      }
    }
    assertThat(heard.said()).hasSizeGreaterThan(INPUTS / 2);
  }

  /** Which positions above the committed one do not run again. */
  private BitSet begun(TrackedPartition tracked) {
    BitSet believed = new BitSet();
    for (int above = 0; above < ABOVE; above++) {
      long offset = COMMITTED + above;
      believed.set(above, loop.call(() -> tracked.begin(offset)) == Begin.ALREADY_FINISHED);
    }
    return believed;
  }

  private static String damaged(Random random, String written) {
    byte[] bytes = Base64.getDecoder().decode(written);
    return switch (random.nextInt(5)) {
      case 0 -> foreign(random);
      case 1 -> written.substring(0, random.nextInt(written.length()));
      case 2 -> {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        yield encoded(bytes);
      }
      case 3 -> {
        bytes[2] = (byte) (2 + random.nextInt(100));
        yield encoded(bytes);
      }
      default -> encoded(Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(20)));
    };
  }

  private static String foreign(Random random) {
    byte[] bytes = new byte[random.nextInt(80)];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String encoded(byte[] bytes) {
    return Base64.getEncoder().withoutPadding().encodeToString(bytes);
  }
}
