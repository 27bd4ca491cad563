package dev.tailrace.source;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A pool that keeps what comes, asks for nothing and hands over at once. Of its loop. */
public class QuietIntake implements Intake {
  public final List<Delivery> accepted = new ArrayList<>();

  @Override
  public void assigned(List<Partition> partitions) {}

  @Override
  public void accept(List<Delivery> batch) {
    accepted.addAll(batch);
  }

  @Override
  public Future<Void> revoke(List<Partition> partitions, Duration deadline) {
    return Future.succeededFuture();
  }

  @Override
  public int forgottenStarts() {
    return 0;
  }

  @Override
  public void lost(List<Partition> partitions) {}

  @Override
  public void lostDeliveries(List<Delivery> deliveries) {}

  @Override
  public Map<String, MarkHolder> markHolders() {
    return Map.of();
  }
}
