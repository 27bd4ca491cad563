package com.example.effects;

import dev.tailrace.message.Message;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The outside world of a handler: one file per process, one append per effect, which outlives the
 * death of the process. How long an effect takes, and whether its first attempt fails, hangs or
 * fills the heap, is drawn from the message's origin, so that every process draws the same.
 */
public final class Witness {
  private static final long HANGS_MILLIS = 8_000;
  private static final int MANY_BYTES = 8 << 20;

  private final String pipeline;
  private final String process;
  private final Path file;
  private final FileChannel effects;
  private final int slow;
  private final int most;
  private final int failsBefore;
  private final int failsAfter;
  private final int hangs;
  private final int allocates;
  private final int exhausts;
  private final List<byte[]> kept = new CopyOnWriteArrayList<>(); // what exhausts the heap

  /**
   * Opens the file.
   *
   * @param config {@code file}, {@code process}; {@code slow}: how many in a thousand take 0 to
   *     {@code most} ms, the others 0 to 2; in a thousand, too, {@code fails-before} and {@code
   *     fails-after} their effect, {@code hangs} for 8 s and {@code allocates} 8 MiB; and {@code
   *     exhausts}: how many in a hundred thousand take all memory there is, each once
   */
  Witness(String pipeline, JsonObject config) throws IOException {
    this.pipeline = pipeline;
    this.process = config.getString("process");
    this.file = Path.of(config.getString("file"));
    this.effects = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    this.slow = config.getInteger("slow");
    this.most = config.getInteger("most");
    this.failsBefore = config.getInteger("fails-before");
    this.failsAfter = config.getInteger("fails-after");
    this.hangs = config.getInteger("hangs");
    this.allocates = config.getInteger("allocates");
    this.exhausts = config.getInteger("exhausts");
  }

  long millis(Message message, MessageContext context) {
    if (context.attempt() == 1 && dice(message, 41) % 1_000 < hangs) {
      return HANGS_MILLIS;
    }
    int dice = dice(message, 31);
    return dice % 1_000 < slow ? dice / 1_000 % (most + 1) : dice % 3;
  }

  Outcome effect(Message message, MessageContext context) {
    int dice = context.attempt() == 1 ? dice(message, 17) % 1_000 : 1_000;
    if (dice(message, 43) % 1_000 < allocates) {
      byte[] many = new byte[MANY_BYTES];
      many[dice(message, 47) % MANY_BYTES] = 1;
    }
    if (dice(message, 53) % 100_000 < exhausts && isFirst(message)) {
      exhaust();
    }
    if (dice < failsBefore) {
      throw new IllegalStateException("fails before its effect");
    }
    String line =
        "{\"pipeline\":\"%s\",\"msg\":\"%s\",\"nanos\":%d,\"proc\":\"%s\"}\n"
            .formatted(pipeline, message.origin(), System.nanoTime(), process);
    try {
      effects.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    if (dice < failsBefore + failsAfter) {
      throw new IllegalStateException("fails after its effect");
    }
    return Outcome.done();
  }

  void close() throws IOException {
    effects.close();
  }

  /** Whether no process has exhausted itself for this message yet. */
  private boolean isFirst(Message message) {
    String name = "exhausted-" + message.origin().toString().replace('/', '-');
    try {
      Files.createFile(file.resolveSibling(name));
      return true;
    } catch (FileAlreadyExistsException before) {
      return false;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void exhaust() {
    while (true) {
      kept.add(new byte[MANY_BYTES >> 3]);
    }
  }

  /** Such that neighbours have nothing in common: many that fail in a row would be an outage. */
  private static int dice(Message message, int salt) {
    long seed = ((long) message.origin().hashCode() << 8) + salt;
    return new SplittableRandom(seed).nextInt(1_000_003);
  }
}
