package dev.tailrace.chaos;

import dev.tailrace.chaos.BrokerTruth.Acknowledged;
import dev.tailrace.chaos.PipelinePlan.Broker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.StreamEntryID;

/**
 * Asks the servers over and over what is committed, and compares it afterwards with the witness,
 * whose clock is this machine's, too: what was committed at a moment must have had its effect by
 * then. This needs no word of the pool.
 */
final class CommitSampler implements AutoCloseable {
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(250);

  private final Plan plan;
  private final BrokerTruth truth;
  private final List<Sample<Map<String, Long>>> positions = new ArrayList<>(); // thread, then user
  private final List<Sample<Acknowledged>> entries = new ArrayList<>(); // thread, then user
  private final Thread thread = new Thread(this::sample, "commit-sampler");
  private volatile boolean over;
  private volatile @Nullable Exception failure;

  private record Sample<T>(long nanos, T value) {}

  CommitSampler(Plan plan, BrokerTruth truth) {
    this.plan = plan;
    this.truth = truth;
    thread.setDaemon(true);
    thread.start();
  }

  private void sample() {
    while (!over) {
      try {
        for (PipelinePlan pipeline : plan.pipelines()) {
          if (pipeline.broker() == Broker.KAFKA) {
            Map<String, Long> value = truth.committed();
            positions.add(new Sample<>(System.nanoTime(), value));
          } else {
            Acknowledged value = truth.acknowledged();
            entries.add(new Sample<>(System.nanoTime(), value));
          }
        }
      } catch (Exception away) {
        failure = away; // while a server is away nothing can be sampled
      }
      LockSupport.parkNanos(PAUSE);
    }
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
    truth.close();
  }

  int samples() {
    return positions.size() + entries.size();
  }

  @Nullable Exception lastFailure() {
    return failure;
  }

  /** What was committed or acknowledged before it had its effect, or went back. */
  List<String> dishonest(SeenEffects effects) {
    List<String> found = new ArrayList<>();
    for (PipelinePlan pipeline : plan.pipelines()) {
      Map<String, SeenEffects.Effect> seen = effects.of(pipeline.name());
      if (pipeline.limits().retryTopics()) {
        continue; // what was moved has its effect later, and its position may pass before
      }
      if (pipeline.broker() == Broker.KAFKA) {
        positions(seen, found);
      } else {
        entries(seen, found);
      }
    }
    return found;
  }

  private void positions(Map<String, SeenEffects.Effect> seen, List<String> found) {
    Map<String, Long> checked = new HashMap<>();
    for (Sample<Map<String, Long>> sample : positions) {
      sample
          .value()
          .forEach(
              (source, committed) -> {
                long from = checked.getOrDefault(source, 0L);
                if (committed < from) {
                  found.add(source + " went back from " + from + " to " + committed);
                }
                for (long offset = from; offset < committed; offset++) {
                  early(source + "@" + offset, sample.nanos(), seen, found);
                }
                checked.put(source, Math.max(from, committed));
              });
    }
  }

  private void entries(Map<String, SeenEffects.Effect> seen, List<String> found) {
    for (Sample<Acknowledged> sample : entries) {
      for (Map.Entry<String, SeenEffects.Effect> each : seen.entrySet()) {
        // Only what had its effect later, and yet was neither waiting nor pending, is dishonest.
        String id = each.getKey().substring(each.getKey().lastIndexOf('@') + 1);
        if (each.getValue().firstNanos() - sample.nanos() > 0
            && new StreamEntryID(id).compareTo(sample.value().last()) <= 0
            && !sample.value().pending().contains(id)) {
          found.add(each.getKey() + " was acknowledged before it had its effect");
        }
      }
    }
  }

  private static void early(
      String message, long nanos, Map<String, SeenEffects.Effect> seen, List<String> found) {
    SeenEffects.Effect effect = seen.get(message);
    if (effect == null || effect.firstNanos() - nanos > 0) {
      found.add(message + " was committed before it had its effect");
    }
  }
}
