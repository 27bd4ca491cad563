package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/** Messages that are done at once: how late the pace itself makes them. */
public final class PaceContender implements Contender {
  private final Vertx vertx = EventLoops.vertx();
  private final Context context = vertx.getOrCreateContext();
  private Pacing pacing; // event loop only

  @Override
  public void start(Setting setting, Work work) {
    context.runOnContext(
        any -> {
          pacing = new Pacing(vertx, setting, work, message -> pacing.ended(message));
          pacing.begin();
        });
  }

  @Override
  public void stop() throws Exception {
    pacing.stop(context);
    Futures.await(vertx.close());
  }
}
