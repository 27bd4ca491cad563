package dev.tailrace.kafka;

import dev.tailrace.source.Partition;
import dev.tailrace.source.StartingPoint;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Does nothing with what the poll thread tells; tests override what they look at. */
class IgnoredEvents implements GroupEvents {
  @Override
  public void joined() {}

  @Override
  public void started(List<StartingPoint> points) {}

  @Override
  public Future<Void> revoked(List<Partition> partitions, Duration left) {
    return Future.succeededFuture();
  }

  @Override
  public void lost(List<Partition> partitions) {}

  @Override
  public void ends(Map<Partition, Long> ends) {}

  @Override
  public void failed(Throwable failure) {}

  @Override
  public void ended() {}

  @Override
  public void deviated(Partition partition, StartingPoint.Deviation deviation) {}
}
