package dev.tailrace.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * The client's mock, with what it lacks: a poll that waits, and a wakeup that, as in the real
 * client, hits whichever blocking call comes next.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // a wakeup must reach a poll that waits
final class WakeableConsumer extends MockConsumer<byte[], byte[]> {
  private final Object bell = new Object();
  private boolean woken; // guarded by bell
  private final ArrayDeque<Runnable> steps = new ArrayDeque<>(); // guarded by bell

  private volatile @Nullable ConsumerRebalanceListener listener;

  /** Thrown by the next commits, one each. */
  final ConcurrentLinkedQueue<RuntimeException> commitFailures = new ConcurrentLinkedQueue<>();

  final AtomicInteger commits = new AtomicInteger();
  final AtomicInteger wakeupsInCommits = new AtomicInteger();
  final CountDownLatch polling = new CountDownLatch(1);

  WakeableConsumer() {
    super("earliest");
  }

  /** Changes the assignment within the next poll, as the group coordinator does. */
  void assignInPoll(Collection<TopicPartition> partitions) {
    inPoll(() -> rebalance(partitions));
  }

  /** Takes partitions away within the next poll, as after an eviction from the group. */
  void loseInPoll(Collection<TopicPartition> partitions) {
    inPoll(
        () -> {
          ConsumerRebalanceListener known = listener;
          if (known != null) {
            known.onPartitionsLost(partitions);
          }
        });
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener callback) {
    listener = callback;
    super.subscribe(topics, callback);
  }

  /** Runs on the poll thread, within a poll. */
  void inPoll(Runnable step) {
    synchronized (bell) {
      steps.add(step);
      bell.notifyAll();
    }
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    polling.countDown();
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      Runnable step;
      synchronized (bell) {
        awaitStep(deadline);
        throwIfWoken();
        step = steps.poll();
      }
      if (step == null) {
        return super.poll(Duration.ZERO);
      }
      step.run();
    }
  }

  private void awaitStep(long deadline) {
    synchronized (bell) {
      try {
        for (long left = deadline - System.nanoTime();
            steps.isEmpty() && !woken && left > 0;
            left = deadline - System.nanoTime()) {
          bell.wait(Math.max(1, left / 1_000_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private void throwIfWoken() {
    synchronized (bell) {
      if (woken) {
        woken = false;
        throw new WakeupException();
      }
    }
  }

  @Override
  public void wakeup() {
    synchronized (bell) {
      woken = true;
      bell.notifyAll();
    }
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    try {
      throwIfWoken();
    } catch (WakeupException hit) {
      wakeupsInCommits.incrementAndGet();
      throw hit;
    }
    RuntimeException failure = commitFailures.poll();
    if (failure != null) {
      throw failure;
    }
    commits.incrementAndGet();
    commitSync(offsets);
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions, Duration timeout) {
    throwIfWoken();
    return committed(partitions);
  }
}
