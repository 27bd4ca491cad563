package dev.tailrace.admin;

import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the pool says of each message, as a second witness; thread-safe. */
final class CountedEvents implements PoolEvents {
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** How often an event has been told, as {@code received} or {@code done}. */
  long of(String event) {
    LongAdder count = counts.get(event);
    return count == null ? 0 : count.sum();
  }

  @Override
  public void received(Subject subject) {
    count("received");
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    count(finish.label());
  }

  @Override
  public void released(Subject subject, String reason) {
    count("released");
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    count("abandoned");
  }

  private void count(String event) {
    counts.computeIfAbsent(event, any -> new LongAdder()).increment();
  }
}
