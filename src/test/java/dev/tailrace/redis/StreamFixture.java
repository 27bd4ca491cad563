package dev.tailrace.redis;

import static org.awaitility.Awaitility.await;

import dev.tailrace.local.Servers;
import dev.tailrace.local.SharedServers;
import dev.tailrace.redis.stream.RedisSourceConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;

/** A stream of its own on the shared server for each test, and a group that reads it. */
public abstract class StreamFixture {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** The claim-idle of those that wait for it. */
  public static final Duration SOON = Duration.ofMillis(1_200);

  public final EventLoop loop = new EventLoop();
  public final String url = SharedServers.get().redis().url();
  public final RedisProbe probe = new RedisProbe(loop, url);
  public final String stream = Servers.uniqueName("payments");
  public final RedisSourceConfig config = RedisSourceConfig.of(url, "workers", stream);
  public final RedisSourceConfig impatient = config.withClaimIdle(SOON);

  @AfterEach
  void close() {
    probe.close();
    loop.close();
  }

  public static ConditionFactory eventually() {
    return await().atMost(LIMIT).pollInterval(Duration.ofMillis(20));
  }

  /** Waits, for what must not happen meanwhile. */
  public static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    eventually().until(() -> System.nanoTime() - end > 0);
  }

  /** Keeps the loop from turning for so long, as a process does that stands still. */
  public static void standStill(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  public static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }
}
