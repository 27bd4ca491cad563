package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.message.Message;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
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
    gate.accept(List.of(new Parcel("early")));
    gate.shut();
    gate.accept(List.of(new Parcel("late")));

    assertThat(heard).containsExactly("received early", "released late");
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

  private final class Pool implements Intake {
    @Override
    public void assigned(List<Partition> partitions) {
      heard.add("assigned");
    }

    @Override
    public void accept(List<Delivery> batch) {
      batch.forEach(delivery -> heard.add("received " + delivery));
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

  private final class Parcel implements Delivery {
    private final String name;

    Parcel(String name) {
      this.name = name;
    }

    @Override
    public Message message() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Partition partition() {
      return new Partition("orders/0", 1);
    }

    @Override
    public int bytes() {
      return 1;
    }

    @Override
    public int deliveries() {
      return 1;
    }

    @Override
    public boolean finishedBefore() {
      return false;
    }

    @Override
    public void settle() {
      heard.add("settled " + name);
    }

    @Override
    public void release() {
      heard.add("released " + name);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
