package dev.tailrace.bench.micro;

import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceStatus;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** A source that delivers nothing by itself. */
final class Idle implements Source {
  @Override
  public String name() {
    return "idle";
  }

  @Override
  public Future<Void> open(Intake intake) {
    return Future.succeededFuture();
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {}

  @Override
  public Future<Void> closeIntake() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Flush> flush() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  public Future<Flush> giveBack() {
    return Future.succeededFuture(Flush.NOTHING);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }

  @Override
  public SourceStatus status() {
    return new SourceStatus(true, Instant.EPOCH, null, List.of());
  }
}
