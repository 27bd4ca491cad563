package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.PoolBuilder;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.app.Tailrace;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.observe.MessageCounts;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * All that is written down of a stop beside the log: the audit, the report's files, the last
 * telemetry and a note to an address. Thread-safe.
 */
final class StopRecords implements AutoCloseable {
  private static final Duration PULSE = Duration.ofSeconds(1);

  private final Settings settings;
  private final ReportFiles report;
  private final PoolIdentity identity;
  private final AuditTrail audit;

  /**
   * Where to.
   *
   * @param audit the file of the audit, or null
   * @param notified the address that gets the report, or null
   * @param telemetry the receiver of the last telemetry, or null
   * @param spool the folder in which that is kept that was not received
   */
  record Settings(
      @Nullable Path audit, @Nullable URI notified, @Nullable URI telemetry, Path spool) {
    /**
     * Reads them.
     *
     * @param folder of what a user's processes keep while they run
     */
    static Settings read(ConfigSection root, Path folder) {
      ConfigSection otel = root.section("telemetry").section("otel");
      return new Settings(
          root.section("audit").optionalText("file").map(Path::of).orElse(null),
          root.section("drain").optionalText("notify").map(URI::create).orElse(null),
          otel.optionalText("endpoint").map(URI::create).orElse(null),
          otel.text("spool").equals("auto") ? folder : Path.of(otel.text("spool")));
    }
  }

  StopRecords(Settings settings, ReportFiles report, PoolIdentity identity) {
    this.settings = settings;
    this.report = report;
    this.identity = identity;
    this.audit = AuditTrail.open(settings.audit(), identity, Instant::now);
  }

  /** Looks back at the run before, and has the pool tell of its drain. */
  void attach(PoolBuilder builder, Vertx vertx, Telemetry telemetry) {
    PreviousRun before = audit.lookBack();
    if (before.drain() != null) {
      telemetry.lastDrain(before.drain());
    } else if (before.crash() == null) {
      report.lastDrain().ifPresent(telemetry::lastDrain);
    }
    builder.events(audit).witness(pool -> audit);
    URI notified = settings.notified();
    URI receiver = settings.telemetry();
    if (notified == null && receiver == null) {
      return;
    }
    Posting posting = new Posting(vertx);
    if (notified != null) {
      builder.witness(pool -> new Notification(notified, posting));
    }
    if (receiver != null) {
      builder.witness(pool -> sink(receiver, posting, telemetry, pool));
    }
  }

  /** What earlier runs could not deliver is delivered meanwhile. */
  private TelemetrySink sink(URI receiver, Posting posting, Telemetry telemetry, Tailrace pool) {
    TelemetrySink sink =
        new TelemetrySink(
            new TelemetrySink.Receiver(receiver, new OtlpHeaders(System.getenv())),
            posting,
            new Spool(settings.spool(), identity),
            telemetry,
            pool::status);
    sink.deliverKept();
    return sink;
  }

  /** The process is about to end, or another pool to begin in it. */
  @Override
  public void close() {
    audit.close();
  }

  /** Keeps the last words up to date. */
  void watch(Vertx vertx, Tailrace pool) {
    if (settings.audit() != null) {
      vertx.setPeriodic(
          PULSE.toMillis(),
          tick -> pool.counts().onSuccess(counts -> audit.inFlight(inFlight(counts.values()))));
    }
  }

  private static long inFlight(Collection<MessageCounts> counts) {
    return counts.stream().mapToLong(MessageCounts::inFlight).sum();
  }

  /** The drain is over, or has to be: the last words go to the disks. */
  void ended(DrainReport last) {
    report.write(last);
    audit.ended(last);
  }
}
