package dev.tailrace.source;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A broker in memory for one pipeline: one partition per consumer, fed by the test. Thread-safe.
 * What its sources are asked is written down in the order in which they were asked.
 */
public final class ManualBroker implements SourceConfig {
  private final int consumers;
  private final List<ManualSource> sources = new CopyOnWriteArrayList<>();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Future<Void>> answers = new ConcurrentHashMap<>();
  private final AtomicInteger produced = new AtomicInteger();

  /** With as many partitions as consumers. */
  public ManualBroker(int consumers) {
    this.consumers = consumers;
  }

  /** Every call of this method of a source is answered by {@code answer}; null: at once. */
  public ManualBroker answer(String method, @Nullable Future<Void> answer) {
    if (answer == null) {
      answers.remove(method);
    } else {
      answers.put(method, answer);
    }
    return this;
  }

  /** Calls of this method are never answered. */
  public ManualBroker hang(String method) {
    return answer(method, Promise.<Void>promise().future());
  }

  /** What was asked so far: {@code orders/0 open}. */
  public List<String> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /** The source of one consumer; the consumer must have been made. */
  public ManualSource source(int consumer) {
    return sources.stream()
        .filter(source -> source.consumer() == consumer)
        .findFirst()
        .orElseThrow();
  }

  /** All sources that were made. */
  public List<ManualSource> sources() {
    return List.copyOf(sources);
  }

  /** Gives {@code count} messages to the partition of a consumer, with a key each. */
  public void produce(int consumer, int count) {
    ManualSource source = source(consumer);
    for (int i = 0; i < count; i++) {
      source.produce("key-" + produced.getAndIncrement());
    }
  }

  @Override
  public int consumers() {
    return consumers;
  }

  @Override
  public String describe() {
    return "manual";
  }

  @Override
  public Source source(SourceEnvironment environment) {
    ManualSource source = new ManualSource(this, environment);
    sources.add(source);
    return source;
  }

  Future<Void> called(String who, String method) {
    calls.add(who + " " + method);
    return answers.getOrDefault(method, Future.succeededFuture());
  }
}
