package dev.tailrace.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.source.Source.CommittedPosition;
import dev.tailrace.source.Source.Flush;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** To a pool several sources are one; each hears of its own partitions only. */
final class JoinedSourcesTest {
  private static final Partition READ = new Partition("orders/0", 1);
  private static final Partition TIER = new Partition("orders.retry.1m/0", 2);

  private final OneSource orders = new OneSource("orders");
  private final OneSource tier = new OneSource("tier");
  private final JoinedSources both = new JoinedSources(orders, List.of(tier));
  private final Pool pool = new Pool();

  @Test
  void eachSourceIsAskedForItsOwnPartitionsUntilTheyAreGone() {
    both.open(pool);
    orders.intake().assigned(List.of(READ));
    tier.intake().assigned(List.of(TIER));

    both.request(READ, 1, 10);
    both.request(TIER, 2, 20);
    tier.intake().lost(List.of(TIER));
    both.request(TIER, 3, 30);
    orders.intake().revoke(List.of(READ), Duration.ofSeconds(1));
    both.request(READ, 4, 40);

    assertThat(orders.calls)
        .contains("request orders/0#1 1")
        .doesNotContain("request orders/0#1 4");
    assertThat(tier.calls).containsOnlyOnce("request orders.retry.1m/0#2 2").hasSize(2);
    assertThat(pool.calls)
        .containsExactly(
            "assigned [orders/0#1]",
            "aside [orders.retry.1m/0#2]",
            "lost [orders.retry.1m/0#2]",
            "revoke [orders/0#1]");
  }

  @Test
  void whileARevocationGoesOnItsPartitionIsStillAsked() {
    Promise<Void> rest = Promise.promise();
    pool.revoked = rest.future();
    both.open(pool);
    orders.intake().assigned(List.of(READ));

    orders.intake().revoke(List.of(READ), Duration.ofSeconds(1));
    both.request(READ, 1, 10);

    assertThat(orders.calls).contains("request orders/0#1 1");
  }

  @Test
  void itIsOpenWhenAllAreAndFailsWithTheFirstThatIsUnfit() {
    orders.opened.complete();
    Future<Void> open = both.open(pool);
    assertThat(open.isComplete()).isFalse();

    tier.opened.fail(new UnfitException("no such topic"));

    assertThat(open.cause()).hasMessage("no such topic");
  }

  @Test
  void whatAllAchievedAddsUpAndTheFirstThatIsAwayIsTold() {
    orders.flush = new Flush(List.of(new CommittedPosition("orders/0", "7", "ok")), 1, 0, 0);
    tier.flush = new Flush(List.of(new CommittedPosition("tier/0", "3", "unknown")), 0, 2, 1);

    assertThat(both.flush().result())
        .isEqualTo(
            new Flush(
                List.of(
                    new CommittedPosition("orders/0", "7", "ok"),
                    new CommittedPosition("tier/0", "3", "unknown")),
                1,
                2,
                1));
    assertThat(both.status().connected()).isTrue();
    tier.error = "no answer";
    assertThat(both.status().connected()).isFalse();
    assertThat(both.status().error()).isEqualTo("no answer");
    assertThat(both.name()).isEqualTo("orders");
  }

  @Test
  void allAreStoppedInEachStep() {
    both.closeIntake();
    both.giveBack();
    both.close();

    assertThat(orders.calls).containsExactly("closeIntake", "giveBack", "close");
    assertThat(tier.calls).containsExactly("closeIntake", "giveBack", "close");
  }

  private static final class Pool extends QuietIntake {
    private final List<String> calls = new ArrayList<>();
    private Future<Void> revoked = Future.succeededFuture();

    @Override
    public void assigned(List<Partition> partitions) {
      calls.add("assigned " + partitions);
    }

    @Override
    public void assignedAside(List<Partition> partitions) {
      calls.add("aside " + partitions);
    }

    @Override
    public void accept(List<Delivery> batch) {
      calls.add("accept " + batch);
    }

    @Override
    public Future<Void> revoke(List<Partition> partitions, Duration deadline) {
      calls.add("revoke " + partitions);
      return revoked;
    }

    @Override
    public void lost(List<Partition> partitions) {
      calls.add("lost " + partitions);
    }

    @Override
    public void lostDeliveries(List<Delivery> deliveries) {
      calls.add("lostDeliveries " + deliveries);
    }
  }

  /** Writes down what it is asked. */
  private static final class OneSource implements Source {
    private final String name;
    private final List<String> calls = new ArrayList<>();
    private final Promise<Void> opened = Promise.promise();
    private Flush flush = Flush.NOTHING;
    private @Nullable String error;
    private @Nullable Intake intake;

    OneSource(String name) {
      this.name = name;
    }

    Intake intake() {
      Intake known = intake;
      if (known == null) {
        throw new AssertionError(name + " was not opened");
      }
      return known;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Future<Void> open(Intake pool) {
      calls.add("open");
      intake = pool;
      return opened.future();
    }

    @Override
    public void request(Partition partition, int messages, long bytes) {
      calls.add("request " + partition + " " + messages);
    }

    @Override
    public Future<Void> closeIntake() {
      calls.add("closeIntake");
      return Future.succeededFuture();
    }

    @Override
    public Future<Flush> flush() {
      return Future.succeededFuture(flush);
    }

    @Override
    public Future<Flush> giveBack() {
      calls.add("giveBack");
      return Future.succeededFuture(Flush.NOTHING);
    }

    @Override
    public Future<Void> close() {
      calls.add("close");
      return Future.succeededFuture();
    }

    @Override
    public SourceStatus status() {
      return new SourceStatus(error == null, Instant.EPOCH, error, List.of());
    }
  }
}
