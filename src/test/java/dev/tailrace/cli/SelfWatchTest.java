package dev.tailrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.cli.SelfWatch.Limits;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.lifecycle.Trigger.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SelfWatchTest {
  private static final Future<List<String>> HEALTHY = Future.succeededFuture(List.of());
  private static final Future<List<String>> SILENT = Future.succeededFuture(List.of("orders#0"));

  private final List<Trigger> asked = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private int heap;

  @Test
  void theUptimeIsOverWhenItIsOverAndTheSupervisorIsWanted() throws InterruptedException {
    SelfWatch watch = watch(new Limits(0, 0, Duration.ofHours(1), 0));

    nanos.set(Duration.ofHours(1).toNanos() - 1);
    watch.look(() -> HEALTHY);
    assertThat(asked).isEmpty();
    nanos.incrementAndGet();
    watch.look(() -> HEALTHY);

    assertThat(asked).extracting(Trigger::kind).containsExactly(Kind.MAX_UPTIME);
    assertThat(Kind.MAX_UPTIME.wantsRestart()).isTrue();
  }

  @Test
  void aHeapThatIsFullAfterACollectionIsAReason() throws InterruptedException {
    SelfWatch watch = watch(new Limits(0, 90, Duration.ZERO, 0));

    heap = 89;
    watch.look(() -> HEALTHY);
    assertThat(asked).isEmpty();
    heap = 90;
    watch.look(() -> HEALTHY);

    assertThat(asked).extracting(Trigger::kind).containsExactly(Kind.HEAP);
    assertThat(asked.get(0).reason()).contains("90 %");
  }

  @Test
  void onlySilenceSeveralTimesInARowIsAReason() throws InterruptedException {
    SelfWatch watch = watch(new Limits(3, 0, Duration.ZERO, 0));

    watch.look(() -> SILENT);
    watch.look(() -> SILENT);
    watch.look(() -> HEALTHY);
    watch.look(() -> SILENT);
    watch.look(() -> Future.failedFuture("closed"));
    assertThat(asked).isEmpty();
    watch.look(() -> SILENT);

    assertThat(asked).extracting(Trigger::kind).containsExactly(Kind.HEALTH);
    assertThat(asked.get(0).reason()).contains("orders#0");
  }

  @Test
  void aControlThatNeverAnswersIsSilentToo() throws InterruptedException {
    SelfWatch watch = watch(new Limits(1, 0, Duration.ZERO, 0));

    watch.look(() -> Promise.<List<String>>promise().future());

    assertThat(asked).extracting(Trigger::kind).containsExactly(Kind.HEALTH);
  }

  @Test
  void aJobEndsOnceItsMessagesHaveFinished() {
    SelfWatch watch = watch(new Limits(0, 0, Duration.ZERO, 2));

    watch.finished();
    assertThat(asked).isEmpty();
    watch.finished();
    watch.finished();

    assertThat(asked).extracting(Trigger::kind).containsExactly(Kind.MAX_MESSAGES);
    assertThat(Kind.MAX_MESSAGES.wantsRestart()).isFalse();
  }

  @Test
  void whatLivesOfTheHeapIsBetweenNothingAndAll() {
    assertThat(HeapUse.percentAfterCollection()).isBetween(0, 100);
  }

  private SelfWatch watch(Limits limits) {
    return new SelfWatch(limits, nanos::get, () -> heap, asked::add);
  }
}
