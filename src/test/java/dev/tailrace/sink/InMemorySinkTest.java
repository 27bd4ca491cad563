package dev.tailrace.sink;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** The sink that other tests rely on keeps the contract too. */
class InMemorySinkTest extends SinkContract {
  private final Simulation simulation = Simulation.seeded(1);
  private final SimulatedLoop loop = simulation.loop("consumer");
  private final InMemorySink sink = new InMemorySink("memory");

  @Override
  protected <T> T call(Function<Sink, Future<T>> operation) {
    return simulation.await(loop.call(() -> operation.apply(sink)));
  }

  @Override
  protected List<OutgoingMessage> arrived() {
    return sink.arrived();
  }
}
