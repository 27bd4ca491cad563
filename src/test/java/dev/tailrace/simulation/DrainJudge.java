package dev.tailrace.simulation;

import dev.tailrace.app.DrainReport;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.Source.CommittedPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The judge of a drain's report: promise P5. */
final class DrainJudge {
  private static final Duration GRACE = Duration.ofMillis(500);

  private final World world;
  private final SimulatedProcess process;

  DrainJudge(World world, SimulatedProcess process) {
    this.world = world;
    this.process = process;
  }

  void judge(DrainReport report) {
    MessageCounts start = report.messages().atStart();
    MessageCounts since = report.messages().since();
    long accounted = since.finishedTotal() + since.released() + report.messages().abandoned();
    require(start.inFlight() == accounted, report, "does not add up");
    require(since.received() == 0, report, "received after the intake had closed");
    exit(report);
    time(report);
    if (process.wasFrozenSince(process.drainedAt())) {
      return; // a halt would have come first: it tells what was known by then
    }
    long received = 0;
    long finished = 0;
    long released = 0;
    long abandoned = 0;
    for (ConsumerView view : process.views()) {
      received += view.received();
      finished += view.finished();
      released += view.released();
      abandoned += view.abandoned() + view.inFlight();
    }
    equal(start.received(), received, report, "received");
    equal(start.finishedTotal() + since.finishedTotal(), finished, report, "finished");
    equal(start.released() + since.released(), released, report, "released");
    equal(start.abandoned() + report.messages().abandoned(), abandoned, report, "abandoned");
  }

  private void exit(DrainReport report) {
    if (report.exitCode() == 0) {
      world.saw(Sometimes.DRAIN_CLEAN);
      require(report.messages().abandoned() == 0, report, "exits with 0 and left messages");
      require(unconfirmed(report).isEmpty(), report, "exits with 0 and left commits unconfirmed");
    }
    if (process.isForced() && report.forcedBy() != null) {
      require(
          report.result() == DrainReport.Result.FORCED && report.exitCode() == 4,
          report,
          "was forced and does not say so");
    } else if (process.drainedAt() >= world.calmSince()) {
      require(
          report.exitCode() == 0 || tellsOfTheTakenOnly(report),
          report,
          "is not clean in a calm world");
    }
  }

  /**
   * All that is amiss is that commits were refused, or had not been answered, for what an eviction
   * before the calm took.
   */
  private boolean tellsOfTheTakenOnly(DrainReport report) {
    List<CommittedPosition> refused = unconfirmed(report);
    List<String> taken = new ArrayList<>(process.taken());
    return refused.stream()
            .allMatch(each -> taken.remove(each.source()) || world.topic().incarnation() > 0)
        && report.exitCode() == DrainReport.INCOMPLETE_EXIT
        && report.messages().abandoned() == 0
        && report.errors().isEmpty()
        && report.flushes().stream().mapToLong(each -> each.pending() + each.unknown()).sum()
            == refused.size()
        && !refused.isEmpty();
  }

  private static List<CommittedPosition> unconfirmed(DrainReport report) {
    return report.positions().stream().filter(each -> !each.commit().equals("ok")).toList();
  }

  private void time(DrainReport report) {
    long took = world.simulation().nanos() - process.drainedAt();
    Duration most = report.timing().deadline().plus(GRACE);
    if (took > most.toNanos() && !process.wasFrozenSince(process.drainedAt())) {
      throw broken(report, "took " + Duration.ofNanos(took));
    }
  }

  private void equal(long said, long seen, DrainReport report, String of) {
    if (said != seen) {
      throw broken(report, "says that " + said + " are " + of + ", which are " + seen);
    }
  }

  private void require(boolean condition, DrainReport report, String otherwise) {
    if (!condition) {
      throw broken(report, otherwise);
    }
  }

  private AssertionError broken(DrainReport report, String otherwise) {
    return world.broken(
        "P5: the drain of " + process + ' ' + otherwise + ": " + report.toJson().encode());
  }
}
