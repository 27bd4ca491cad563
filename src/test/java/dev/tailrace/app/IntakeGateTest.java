package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.TestMessage;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.QuietIntake;
import dev.tailrace.source.TestDelivery;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntakeGateTest {
  private final List<String> heard = new ArrayList<>();
  private final IntakeGate gate = new IntakeGate(new Pool());

  @Test
  void whatArrivesAfterTheStopGoesBackAndIsNotReceived() {
    gate.accept(List.of(arrival(1)));
    gate.shut();
    gate.accept(List.of(arrival(2)));

    assertThat(heard).containsExactly("received orders/1@1", "released orders/1@2");
  }

  @Test
  void partitionsComeAndGoAlsoAfterTheStop() {
    gate.shut();
    gate.assigned(List.of());
    assertThat(gate.revoke(List.of(), Duration.ZERO).succeeded()).isTrue();
    gate.lost(List.of());
    gate.lostDeliveries(List.of());

    assertThat(heard).containsExactly("assigned", "revoke", "lost", "lost deliveries");
  }

  private final class Pool extends QuietIntake {
    @Override
    public void assigned(List<Partition> partitions) {
      heard.add("assigned");
    }

    @Override
    public void accept(List<Delivery> batch) {
      batch.forEach(delivery -> heard.add("received " + delivery.message()));
    }

    @Override
    public Future<Void> revoke(List<Partition> partitions, Duration deadline) {
      heard.add("revoke");
      return Future.succeededFuture();
    }

    @Override
    public void lost(List<Partition> partitions) {
      heard.add("lost");
    }

    @Override
    public void lostDeliveries(List<Delivery> deliveries) {
      heard.add("lost deliveries");
    }
  }

  private Delivery arrival(int position) {
    return TestDelivery.of(TestMessage.at(position))
        .ending(settled -> heard.add("settled " + settled), back -> heard.add("released " + back));
  }
}
