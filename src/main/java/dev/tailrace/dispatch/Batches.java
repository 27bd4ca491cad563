package dev.tailrace.dispatch;

import dev.tailrace.processing.Batch;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.runtime.Timer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The batch that fills: flights that have their permit and their claim, and wait for others. It
 * starts when it is full, when its first one has waited long enough, and as soon as nobody else can
 * come, since a wait holds permits. Event loop only; bounded by its limits and by the permits.
 */
final class Batches {
  private final Crew crew;
  private final BatchLimits limits;
  private final Company company;
  private final Set<Flight> waiting = new LinkedHashSet<>();
  private long bytes;
  private @Nullable Timer timer; // until the first one has waited long enough
  private boolean looking; // a turn of its own asks whether somebody else may come

  /**
   * Makes it.
   *
   * @param company says whether somebody else may come; asked while some wait
   */
  Batches(Crew crew, Company company) {
    this.crew = crew;
    this.limits = crew.batches();
    this.company = company;
  }

  /** The flight may start; it does so at once where it fills the batch, or runs alone. */
  void board(Flight flight) {
    if (flight.isAlone()) {
      Batch.start(crew, List.of(flight));
      return;
    }
    int more = flight.item().delivery().bytes();
    if (!waiting.isEmpty() && bytes + more > limits.bytes()) {
      start();
    }
    waiting.add(flight);
    bytes += more;
    if (waiting.size() >= limits.messages() || bytes >= limits.bytes()) {
      start();
      return;
    }
    if (timer == null) {
      timer = crew.loop().after(limits.maxWait(), this::start);
    }
    changed();
  }

  /** The flight does not start, or not now. */
  void leave(Flight flight) {
    if (waiting.remove(flight)) {
      bytes -= flight.item().delivery().bytes();
      if (waiting.isEmpty()) {
        stopWaiting();
      }
    }
  }

  /**
   * Permits, lanes, claims or the source's credit may have changed. What the messages of another
   * batch leave behind as they end, one after the other, is looked at once, in a later turn.
   */
  void changed() {
    if (!waiting.isEmpty() && !looking) {
      looking = true;
      crew.loop()
          .execute(
              () -> {
                looking = false;
                look();
              });
    }
  }

  private void look() {
    if (!waiting.isEmpty() && !company.mayCome(!limits.maxWait().isZero())) {
      start();
    }
  }

  private void start() {
    List<Flight> batch = List.copyOf(waiting);
    waiting.clear();
    bytes = 0;
    stopWaiting();
    Batch.start(crew, batch);
  }

  private void stopWaiting() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
