package dev.tailrace.app;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.observe.Subject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Writes down what the pool says of itself, as far as these tests ask; thread-safe. */
final class RecordedEvents implements PoolEvents {
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  List<String> told() {
    synchronized (told) {
      return List.copyOf(told);
    }
  }

  long count(String beginning) {
    return told().stream().filter(event -> event.startsWith(beginning)).count();
  }

  @Override
  public void state(String from, String to, String reason) {
    told.add("state " + to);
  }

  @Override
  public void configured(String pipeline, String limits) {
    told.add("configured " + pipeline + " " + limits);
  }

  @Override
  public void received(Subject subject) {
    told.add("received " + subject.message());
  }

  @Override
  public void settled(Subject subject, Finish finish, String detail) {
    told.add("settled " + subject.message() + " " + finish.label());
  }

  @Override
  public void released(Subject subject, String reason) {
    told.add("released " + subject.message());
  }

  @Override
  public void abandoned(Subject subject, String stage) {
    told.add("abandoned " + subject.message());
  }

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    told.add("alarm " + kind.label() + " " + detail);
  }

  @Override
  public void drainBegin(String trigger, String reason) {
    told.add("drain_begin " + trigger);
  }

  @Override
  public void drainEnd(String result) {
    told.add("drain_end " + result);
  }
}
