package dev.tailrace.lifecycle;

import dev.tailrace.interleaving.Interleavings;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Whoever begins a stop at the same time, one does it and all get its end. */
public final class JoinableStopInterleavingsTest {
  private final JoinableStop<Integer> stop = new JoinableStop<>();
  private final AtomicInteger stops = new AtomicInteger();

  @Test
  void oneStopsAndAllJoin() {
    Interleavings.ofOperations(JoinableStopInterleavingsTest.class);
  }

  @Operation
  public boolean begin() {
    boolean[] mine = new boolean[1];
    Future<Integer> unused =
        stop.begin(
            () -> {
              mine[0] = true;
              return Future.succeededFuture(stops.incrementAndGet());
            });
    return mine[0];
  }

  @Operation
  public boolean begun() {
    return stop.begun().isPresent();
  }

  @Validate
  public void atMostOne() {
    if (stops.get() > 1) {
      throw new IllegalStateException("stopped " + stops);
    }
  }
}
