package dev.tailrace.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The client of the broker alone.
 *
 * @param reader reads everything and calls what it is given for each message; blocks
 */
record BareContender(Consumer<Runnable> reader) implements BenchContender {
  private static final Executor OWN_THREAD =
      reading -> {
        Thread thread = new Thread(reading, "bench-client");
        thread.setDaemon(true);
        thread.start();
      };

  @Override
  public String label() {
    return "client alone";
  }

  @Override
  public BenchWindow.Reading run(BenchWork work, ProgressLine progress) {
    BenchWindow window = new BenchWindow(work.messages());
    var ended = CompletableFuture.runAsync(() -> reader.accept(window::done), OWN_THREAD);
    BenchWindow.Reading measured = window.watch(label(), ended, progress);
    ended.join();
    return measured;
  }
}
