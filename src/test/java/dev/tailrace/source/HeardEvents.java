package dev.tailrace.source;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import java.util.ArrayList;
import java.util.List;

/** What a committer said of itself, a line each. */
final class HeardEvents implements PoolEvents {
  private final List<String> said = new ArrayList<>();
  private final List<String> details = new ArrayList<>();

  /** All events in their order: {@code committed orders/1#1 12}. */
  List<String> said() {
    return said;
  }

  /** The details of the alarms among them. */
  List<String> details() {
    return details;
  }

  @Override
  public void committed(String pipeline, String source, int epoch, String position) {
    said.add("committed " + source + "#" + epoch + " " + position);
  }

  @Override
  public void readBack(String pipeline, String source, int epoch, String position) {
    said.add("read back " + source + "#" + epoch + " " + position);
  }

  @Override
  public void commit(String pipeline, String result) {
    said.add("commit " + result);
  }

  @Override
  public void alarm(String pipeline, String source, Alarm kind, String detail) {
    said.add("alarm " + kind + " " + source);
    details.add(detail);
  }
}
