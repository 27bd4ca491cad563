package dev.tailrace.runtime;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.Race;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Whenever a call is interrupted, it is that call, or none: never what its thread runs next. */
final class WorkerThreadInterleavingsTest {
  @Test
  void anInterruptHitsTheCallOrForbidsItAndNeverTheNext() {
    Interleavings.ofStory(
        "WorkerThread",
        () -> {
          WorkerThread call = new WorkerThread();
          AtomicBoolean began = new AtomicBoolean();
          AtomicBoolean interrupted = new AtomicBoolean();
          Race.between(
              () -> {
                if (call.begin()) {
                  began.set(true);
                  call.end();
                }
                Race.require(!Thread.currentThread().isInterrupted(), "what runs next is hit");
              },
              () -> {
                interrupted.set(call.interrupt());
                Race.require(call.stack().isEmpty() || interrupted.get(), "runs though forbidden");
              });
          boolean begunBefore = began.get();
          Race.require(begunBefore || !interrupted.get(), "interrupted though it never began");
        });
  }
}
