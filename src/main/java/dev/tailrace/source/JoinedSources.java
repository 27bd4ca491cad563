package dev.tailrace.source;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Several sources as one, for one pool: what a pipeline reads first, and its tiers of retries.
 * Belongs to their loop. No two of them may assign partitions of the same name.
 */
public final class JoinedSources implements Source {
  private final Source first;
  private final List<Source> all;
  private final Map<Partition, Source> owners = new HashMap<>(); // event loop only

  /**
   * Joins.
   *
   * @param first gives the name
   * @param others at least none
   */
  public JoinedSources(Source first, List<Source> others) {
    this.first = first;
    this.all = Stream.concat(Stream.of(first), others.stream()).toList();
  }

  @Override
  public String name() {
    return first.name();
  }

  /** Completes when all are open; fails with the first that is unfit. */
  @Override
  public Future<Void> open(Intake intake) {
    return Future.all(all.stream().map(source -> source.open(new Share(source, intake))).toList())
        .mapEmpty();
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {
    Source owner = owners.get(partition);
    if (owner != null) {
      owner.request(partition, messages, bytes);
    }
  }

  @Override
  public Future<Void> closeIntake() {
    return each(Source::closeIntake).mapEmpty();
  }

  @Override
  public Future<Flush> flush() {
    return each(Source::flush).map(JoinedSources::sum);
  }

  @Override
  public Future<Flush> giveBack() {
    return each(Source::giveBack).map(JoinedSources::sum);
  }

  @Override
  public Future<Void> close() {
    return each(Source::close).mapEmpty();
  }

  /** Connected where all are; else as the first that is not. */
  @Override
  public SourceStatus status() {
    List<SourceStatus> each = all.stream().map(Source::status).toList();
    SourceStatus telling =
        each.stream().filter(one -> !one.connected()).findFirst().orElse(each.get(0));
    return new SourceStatus(
        telling.connected(),
        telling.since(),
        telling.error(),
        each.stream().flatMap(one -> one.partitions().stream()).toList());
  }

  /** What waits in a tier has been moved there, which is an end, too. */
  @Override
  public Future<Boolean> atEnd() {
    return first.atEnd();
  }

  private <T extends @Nullable Object> Future<List<T>> each(Function<Source, Future<T>> call) {
    List<Future<T>> calls = new ArrayList<>(all.size());
    for (Source source : all) {
      calls.add(call.apply(source));
    }
    return Future.join(calls)
        .map(
            done -> {
              List<T> results = new ArrayList<>(calls.size());
              for (Future<T> each : calls) {
                results.add(each.result());
              }
              return results;
            });
  }

  private static Flush sum(List<Flush> flushes) {
    List<CommittedPosition> positions = new ArrayList<>();
    long flushed = 0;
    long pending = 0;
    long unknown = 0;
    for (Flush flush : flushes) {
      positions.addAll(flush.positions());
      flushed += flush.flushed();
      pending += flush.pending();
      unknown += flush.unknown();
    }
    return new Flush(positions, flushed, pending, unknown);
  }

  /** The pool as one of the sources sees it: what it assigns is asked of it again. */
  private final class Share implements Intake {
    private final Source source;
    private final Intake pool;

    Share(Source source, Intake pool) {
      this.source = source;
      this.pool = pool;
    }

    @Override
    public void assigned(List<Partition> partitions) {
      partitions.forEach(partition -> owners.put(partition, source));
      if (source == first) {
        pool.assigned(partitions);
      } else {
        pool.assignedAside(partitions);
      }
    }

    @Override
    public void accept(List<Delivery> batch) {
      pool.accept(batch);
    }

    @Override
    public Future<Void> revoke(List<Partition> partitions, Duration deadline) {
      return pool.revoke(partitions, deadline)
          .onComplete(done -> partitions.forEach(owners::remove));
    }

    @Override
    public void lost(List<Partition> partitions) {
      pool.lost(partitions);
      partitions.forEach(owners::remove);
    }

    @Override
    public void lostDeliveries(List<Delivery> deliveries) {
      pool.lostDeliveries(deliveries);
    }

    @Override
    public int forgottenStarts() {
      return pool.forgottenStarts();
    }

    @Override
    public Map<String, MarkHolder> markHolders() {
      return pool.markHolders();
    }
  }
}
