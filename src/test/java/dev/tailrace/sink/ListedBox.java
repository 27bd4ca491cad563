package dev.tailrace.sink;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Dead letters in a list, read some at a time; bookmarks outlive it where they are shared. */
final class ListedBox implements DeadLetterBox {
  private static final int BATCH = 7;

  private final List<DeadLetter> letters;
  private final Map<String, Integer> positions;
  private final Map<String, Integer> rounds = new HashMap<>();
  private @Nullable Throwable broken;
  private @Nullable String bookmark;
  private int next;

  ListedBox(List<DeadLetter> letters, Map<String, Integer> positions) {
    this.letters = letters;
    this.positions = positions;
  }

  /** From now on nothing is kept. */
  void breakKeeping(Throwable cause) {
    broken = cause;
  }

  @Override
  public String destination() {
    return "list";
  }

  @Override
  public Future<Void> open() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Ahead> start(Start start) {
    bookmark = start.bookmark();
    String name = String.valueOf(bookmark);
    if (start.again()) {
      rounds.merge(name, 2, (one, two) -> one + 1);
      positions.remove(name);
    }
    boolean resumed = positions.containsKey(name);
    next = positions.getOrDefault(name, 0);
    return Future.succeededFuture(
        new Ahead(letters.size() - next, rounds.getOrDefault(name, 1), resumed));
  }

  @Override
  public Future<List<DeadLetter>> next() {
    List<DeadLetter> batch =
        new ArrayList<>(letters.subList(next, Math.min(letters.size(), next + BATCH)));
    next += batch.size();
    return Future.succeededFuture(batch);
  }

  @Override
  public Future<Void> keep(List<DeadLetter> handled) {
    if (broken != null) {
      return Future.failedFuture(broken);
    }
    if (!handled.isEmpty()) {
      int last = letters.indexOf(handled.get(handled.size() - 1));
      positions.put(String.valueOf(bookmark), last + 1);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Purged> purge(Predicate<DeadLetter> meant, boolean dryRun) {
    return Future.failedFuture(new UnsupportedOperationException("a list is not purged"));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
