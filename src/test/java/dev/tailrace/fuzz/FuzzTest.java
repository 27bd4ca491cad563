package dev.tailrace.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tailrace.fuzz.FuzzTargets.Target;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Readers of what others wrote fail only as they say, in bounded time and memory: on every input
 * that was kept, and on as many made from those as fit into a short time.
 */
final class FuzzTest {
  private static final Duration SLICE = Duration.ofMillis(1_500);
  private static final long SEED = Long.getLong("chaos.seed", 20_261_121L);

  /** What keeps a reader longer hangs: the slowest of these inputs takes milliseconds. */
  private static final Duration HANGS = Duration.ofMinutes(2);

  private static final Path FOUND = Path.of("target", "fuzz");

  @ParameterizedTest
  @MethodSource("targets")
  void nothingButTheDeclaredErrors(Target target) throws Exception {
    List<byte[]> kept = target.kept();
    assertThat(kept).as("inputs kept for " + target).isNotEmpty();
    Consumer<byte[]> entry = target.entry();
    Last last = new Last();
    long[] count = new long[1];
    try {
      assertTimeoutPreemptively(HANGS, () -> count[0] = feed(kept, entry, last));
    } catch (Exception | AssertionError | StackOverflowError | OutOfMemoryError found) {
      throw new AssertionError(
          "%s broke on the input that is in %s".formatted(target, written(target, last.input)),
          found);
    }
    ProofResults.merge(
        "fuzz",
        new JsonObject()
            .put(
                "targets",
                new JsonObject()
                    .put(
                        target.name(),
                        new JsonObject().put("kept", kept.size()).put("made", count[0]))));
  }

  /** The input under way. */
  private static final class Last {
    private volatile byte[] input = new byte[0];
  }

  private static long feed(List<byte[]> kept, Consumer<byte[]> entry, Last last) {
    for (byte[] input : kept) {
      last.input = input;
      entry.accept(input);
    }
    Mutator mutator = new Mutator(kept, SEED);
    long made = 0;
    for (long end = System.nanoTime() + SLICE.toNanos(); System.nanoTime() - end < 0; made++) {
      byte[] input = mutator.next();
      last.input = input;
      entry.accept(input);
    }
    return made;
  }

  private static Path written(Target target, byte[] input) throws IOException {
    Files.createDirectories(FOUND);
    return Files.write(FOUND.resolve(target + "-found"), input);
  }

  static List<Target> targets() {
    return FuzzTargets.all();
  }
}
