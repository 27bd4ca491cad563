package dev.tailrace.bench.clients;

import dev.tailrace.bench.frame.Contender;
import dev.tailrace.bench.frame.Setting;
import dev.tailrace.bench.frame.Work;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;

/** One timer after the other, of made-up messages of one key: as fast as a key can be. */
public final class ChainContender implements Contender {
  private final Vertx vertx = EventLoops.vertx();
  private final ByteBuffer body = ByteBuffer.allocate(40); // event loop only
  private long place; // event loop only

  @Override
  public void start(Setting setting, Work work) {
    vertx.runOnContext(begun -> next(setting.workMillis(), work));
  }

  private void next(int millis, Work work) {
    work.look(body.putLong(8, place++));
    vertx.setTimer(
        millis,
        fired -> {
          work.done();
          next(millis, work);
        });
  }

  @Override
  public void stop() throws Exception {
    Futures.await(vertx.close());
  }
}
