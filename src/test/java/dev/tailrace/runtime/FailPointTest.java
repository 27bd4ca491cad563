package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fail points are there for tests, and for nobody else. */
final class FailPointTest {
  private static final int TIMES = 100_000;

  @AfterEach
  void disarm() {
    FailPoint.install(null);
  }

  @Test
  void withNothingInstalledReachingOneAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    reachAll();
    long before = threads.getCurrentThreadAllocatedBytes();

    reachAll();

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(TIMES);
  }

  @Test
  void whatIsInstalledHearsEveryPointUntilItIsTakenAway() {
    List<FailPoint> heard = new ArrayList<>();
    FailPoint.install(heard::add);

    FailPoint.BEFORE_MARK.reach();
    FailPoint.REVOKE.reach();
    FailPoint.install(null);
    FailPoint.BEFORE_MARK.reach();

    assertThat(heard).containsExactly(FailPoint.BEFORE_MARK, FailPoint.REVOKE);
  }

  @Test
  void aPointIsFoundByItsLabel() {
    assertThat(FailPoint.labelled("before-claim")).contains(FailPoint.BEFORE_CLAIM);
    assertThat(FailPoint.labelled("BEFORE_CLAIM")).isEmpty();
    for (FailPoint point : FailPoint.values()) {
      assertThat(FailPoint.labelled(point.label())).contains(point);
    }
  }

  private static void reachAll() {
    for (int i = 0; i < TIMES; i++) {
      FailPoint.BEFORE_CLAIM.reach();
    }
  }
}
