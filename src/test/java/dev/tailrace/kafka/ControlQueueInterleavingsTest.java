package dev.tailrace.kafka;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.Partition;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Whoever asks while the poll thread works, every command is taken once or refused, and what waits
 * always wakes a poll: at most once, and never outside of one.
 */
public final class ControlQueueInterleavingsTest {
  private static final Partition PARTITION = new Partition("orders/0", 1);

  private final QueuedLoop loop = new QueuedLoop();
  private final AtomicInteger wakeups = new AtomicInteger();
  private final ControlQueue queue = new ControlQueue(loop, wakeups::incrementAndGet);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  @Test
  void everyCommandIsTakenOnceOrRefusedAndWakesItsPoll() {
    Interleavings.ofOperations(ControlQueueInterleavingsTest.class);
  }

  @Operation
  public boolean submit() {
    Future<Reply<Integer>> reply =
        queue.submit(Duration.ofSeconds(1), (client, limit) -> asked.get());
    asked.incrementAndGet();
    reply.onSuccess(failed -> refused.incrementAndGet());
    return reply.isComplete();
  }

  @Operation
  public void flow(@Param(gen = BooleanGen.class) boolean paused) {
    queue.flow(Map.of(PARTITION, paused));
  }

  @Operation
  public void nudge() {
    queue.nudge();
  }

  @Operation
  public void close() {
    queue.close();
  }

  @Operation
  public boolean isClosed() {
    return queue.isClosed();
  }

  @Operation(nonParallelGroup = "poll thread")
  public int take() {
    List<Command<?>> commands = queue.take();
    taken.addAndGet(commands.size());
    return commands.size();
  }

  @Operation(nonParallelGroup = "poll thread")
  public List<Boolean> takeFlow() {
    return List.copyOf(queue.takeFlow().values());
  }

  @Operation(nonParallelGroup = "poll thread")
  public boolean beginPoll() {
    return queue.beginPoll();
  }

  /** How often the poll was woken: what waits is not slept upon, whoever came first. */
  @Operation(nonParallelGroup = "poll thread")
  public int endPoll() {
    queue.endPoll();
    return wakeups.getAndSet(0);
  }

  @Operation(nonParallelGroup = "poll thread")
  public void resumePoll() {
    queue.endPoll();
    queue.resumePoll();
  }

  @Validate
  public void everyCommandHasOneEnd() {
    loop.drain();
    taken.addAndGet(queue.take().size());
    if (taken.get() + refused.get() != asked.get()) {
      throw new IllegalStateException(
          "%s asked, %s taken, %s refused".formatted(asked, taken, refused));
    }
  }
}
