package dev.tailrace.source;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** A source that has nothing to open, to give back or to close; a test adds what it is about. */
public interface IdleSource extends Source {
  @Override
  default String name() {
    return "idle";
  }

  @Override
  default Future<Void> open(Intake intake) {
    return Future.succeededFuture();
  }

  @Override
  default Future<Void> closeIntake() {
    return Future.succeededFuture();
  }

  @Override
  default Future<Flush> flush() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  default Future<Flush> giveBack() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  default Future<Void> close() {
    return Future.succeededFuture();
  }

  @Override
  default SourceStatus status() {
    return new SourceStatus(true, Instant.EPOCH, null, List.of());
  }
}
