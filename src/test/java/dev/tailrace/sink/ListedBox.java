package dev.tailrace.sink;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Dead letters in a list, read some at a time; the bookmarks of several boxes may be shared. */
final class ListedBox implements DeadLetterBox {
  private static final int BATCH = 7;

  private final List<DeadLetter> letters;
  private final Map<String, Mark> marks;
  private Future<Void> keeping = Future.succeededFuture();
  private @Nullable String bookmark;
  private int round = 1;
  private int next;
  private int end;

  /** A position, and which round it belongs to. */
  record Mark(int position, int round) {}

  ListedBox(List<DeadLetter> letters, Map<String, Mark> marks) {
    this.letters = letters;
    this.marks = marks;
  }

  /** From now on nothing is kept. */
  void breakKeeping(Throwable cause) {
    keeping = Future.failedFuture(cause);
  }

  /** From now on what is kept is confirmed with this. */
  void keepWith(Future<Void> confirmed) {
    keeping = confirmed;
  }

  @Override
  public String destination() {
    return "list";
  }

  @Override
  public Future<Void> open() {
    end = letters.size();
    return Future.succeededFuture();
  }

  @Override
  public Future<Ahead> start(Start start) {
    bookmark = start.bookmark();
    round = 1;
    next = 0;
    while (start.since() != null
        && next < end
        && letters.get(next).writtenAt().isBefore(start.since())) {
      next++;
    }
    Mark mark = bookmark == null ? null : marks.get(bookmark);
    boolean resumed = mark != null && !start.again();
    if (mark != null) {
      round = start.again() ? mark.round() + 1 : mark.round();
      next = start.again() ? next : Math.max(next, mark.position());
    } else if (start.again()) {
      round = 2;
    }
    if (start.again() && bookmark != null) {
      marks.put(bookmark, new Mark(next, round));
    }
    return Future.succeededFuture(new Ahead(end - next, round, resumed));
  }

  @Override
  public Future<List<DeadLetter>> next() {
    List<DeadLetter> batch = List.copyOf(letters.subList(next, Math.min(end, next + BATCH)));
    next += batch.size();
    return Future.succeededFuture(batch);
  }

  @Override
  public Future<Void> keep(List<DeadLetter> handled) {
    if (!keeping.failed() && !handled.isEmpty() && bookmark != null) {
      int last = letters.indexOf(handled.get(handled.size() - 1));
      marks.put(bookmark, new Mark(last + 1, round));
    }
    return keeping;
  }

  @Override
  public Future<Purged> purge(Predicate<DeadLetter> meant, boolean dryRun) {
    List<DeadLetter> doomed = letters.subList(0, end).stream().filter(meant).toList();
    if (!dryRun) {
      letters.removeAll(doomed);
      end -= doomed.size();
    }
    return Future.succeededFuture(new Purged(doomed.size(), doomed.size()));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
