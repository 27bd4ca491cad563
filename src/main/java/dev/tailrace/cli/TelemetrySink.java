package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.DrainReport.FlushLine;
import dev.tailrace.app.DrainWitness;
import dev.tailrace.app.PoolStatus;
import dev.tailrace.cli.LastTelemetry.Batch;
import dev.tailrace.cli.LastTelemetry.Signal;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the last telemetry of a drain to a receiver of OTLP over HTTP: log, metrics and trace,
 * each acknowledged, or kept in the spool for the next start. What had no answer may arrive twice.
 */
final class TelemetrySink implements DrainWitness {
  private static final Logger LOG = LoggerFactory.getLogger(TelemetrySink.class);

  /** The part of the time that is for sending; the rest is for the spool. */
  private static final int SENDING_PERCENT = 70;

  private final Receiver receiver;
  private final Posting posting;
  private final Spool spool;
  private final Telemetry telemetry;
  private final Supplier<Future<PoolStatus>> status;
  private volatile List<FlushLine> flushes = List.of(); // written where the sending begins and ends

  /**
   * Who takes it.
   *
   * @param endpoint to which {@code /v1/logs} and the others are added
   * @param headers that it asks for
   */
  record Receiver(URI endpoint, OtlpHeaders headers) {}

  /**
   * For one pool.
   *
   * @param receiver gets it
   * @param status brings the meters up to date
   */
  TelemetrySink(
      Receiver receiver,
      Posting posting,
      Spool spool,
      Telemetry telemetry,
      Supplier<Future<PoolStatus>> status) {
    this.receiver = receiver;
    this.posting = posting;
    this.spool = spool;
    this.telemetry = telemetry;
    this.status = status;
  }

  /** Fails where something was not acknowledged, and says where it is kept. */
  @Override
  public Future<Void> ending(DrainReport soFar, Duration budget) {
    Duration sending = budget.multipliedBy(SENDING_PERCENT).dividedBy(100);
    return status
        .get()
        .transform(
            known ->
                telemetry.last(
                    known.succeeded() ? known.result() : null,
                    new LastTelemetry(soFar, new SecureRandom())))
        .compose(signals -> send(signals, sending));
  }

  @Override
  public List<FlushLine> flushes() {
    return flushes;
  }

  private Future<Void> send(List<Signal> signals, Duration budget) {
    flushes = signals.stream().map(TelemetrySink::unanswered).toList();
    List<Future<Void>> sent = signals.stream().map(signal -> post(signal.batch(), budget)).toList();
    return Future.join(sent).transform(all -> keepUnsent(signals, sent));
  }

  private static FlushLine unanswered(Signal signal) {
    return line(signal, 0, 0, signal.items());
  }

  private static FlushLine line(Signal signal, int flushed, int pending, int unknown) {
    return new FlushLine("telemetry " + signal.name(), flushed, pending, unknown);
  }

  private Future<Void> keepUnsent(List<Signal> signals, List<Future<Void>> sent) {
    List<Batch> unsent = new ArrayList<>();
    List<FlushLine> lines = new ArrayList<>();
    String reason = "";
    for (int i = 0; i < sent.size(); i++) {
      Signal signal = signals.get(i);
      if (sent.get(i).succeeded()) {
        lines.add(line(signal, signal.items(), 0, 0));
        continue;
      }
      Throwable failure = sent.get(i).cause();
      boolean refused = failure instanceof Posting.RefusedException;
      lines.add(refused ? line(signal, 0, signal.items(), 0) : unanswered(signal));
      unsent.add(signal.batch());
      reason = String.valueOf(failure.getMessage());
    }
    flushes = List.copyOf(lines);
    if (unsent.isEmpty()) {
      return Future.succeededFuture();
    }
    String what =
        "telemetry.otel.endpoint: %d of %d not acknowledged by %s (%s)"
            .formatted(unsent.size(), sent.size(), Posting.shown(receiver.endpoint()), reason);
    return spool
        .keep(unsent)
        .transform(
            kept ->
                Future.failedFuture(
                    new IOException(
                        kept.succeeded()
                            ? what + "; kept for the next start in " + kept.result()
                            : what + "; not kept: " + kept.cause())));
  }

  private Future<Void> post(Batch batch, Duration budget) {
    return posting.post(
        URI.create(receiver.endpoint().toString().replaceAll("/$", "") + batch.path()),
        receiver.headers().of(batch.path().substring(batch.path().lastIndexOf('/') + 1)),
        batch.body().toBuffer(),
        budget);
  }

  /** Delivers what earlier runs have kept; what is not acknowledged stays. Never fails. */
  Future<Void> deliverKept() {
    return spool
        .kept()
        .compose(this::deliver)
        .recover(
            failure -> {
              LOG.warn("telemetry of an earlier run is not delivered yet: {}", failure.toString());
              return Future.succeededFuture();
            });
  }

  private Future<Void> deliver(Map<Path, List<Batch>> kept) {
    Future<Void> delivered = Future.succeededFuture();
    for (Map.Entry<Path, List<Batch>> run : kept.entrySet()) {
      delivered =
          delivered
              .compose(
                  before ->
                      Future.join(
                          run.getValue().stream()
                              .map(batch -> post(batch, Posting.LONGEST))
                              .toList()))
              .compose(acknowledged -> spool.delivered(run.getKey()))
              .onSuccess(done -> LOG.info("delivered the telemetry kept in {}", run.getKey()));
    }
    return delivered;
  }

  @Override
  public String toString() {
    return "telemetry.otel.endpoint";
  }
}
