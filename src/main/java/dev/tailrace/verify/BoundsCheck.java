package dev.tailrace.verify;

import dev.tailrace.observe.EventRecord;
import dev.tailrace.verify.Findings.Line;
import dev.tailrace.verify.Findings.Plot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * P4: at every event of a process, what its log shows of each pipeline is within the limits that
 * the process said it began with.
 *
 * <p>A permit, and the end of a retry's wait, are no events: counted is what must be so, and never
 * more than was. A message executes from its claim or start on. A parked retry counts until the
 * delay it was parked with is over, by its process's own clock. What is in the pool and waits is
 * compared together with what executes, since a message that waits for its claim holds a permit.
 */
final class BoundsCheck {
  private final Findings findings;
  private final ProcessHistory process;
  private final Map<String, Load> loads = new HashMap<>();

  /** What one pipeline has in the process at this event. */
  private static final class Load {
    private Configured limits; // grows where a second verticle of the pipeline is deployed
    private final PriorityQueue<Held> due =
        new PriorityQueue<>((one, other) -> Long.compare(one.parkedUntil, other.parkedUntil));
    private long inFlight;
    private long executing;
    private long retries;

    Load(Configured limits) {
      this.limits = limits;
    }
  }

  BoundsCheck(Findings findings, ProcessHistory process) {
    this.findings = findings;
    this.process = process;
  }

  void received(EventRecord event, Held held) {
    Load load = load(held);
    if (load == null) {
      return;
    }
    findings.exercised(Guarantee.P4);
    load.inFlight++;
    Configured limits = load.limits;
    if (limits.buffer() > 0 && limits.poll() > 0 && limits.concurrency() > 0) {
      long most = limits.buffer() + limits.poll() + limits.concurrency();
      if (load.inFlight > most) {
        String rule =
            "%d buffered, %d executing and a read of %d allow %d"
                .formatted(limits.buffer(), limits.concurrency(), limits.poll(), most);
        broken(event, held, load.inFlight + " messages are in " + process + "; " + rule);
      }
    }
  }

  /** It holds a permit from here on, if not before. */
  void executing(EventRecord event, Held held) {
    unparked(held);
    Load load = load(held);
    if (load == null) {
      return;
    }
    if (held.beyondWindow()) {
      broken(event, held, held.printed() + " began beyond the window of its partition");
    }
    if (!held.executing) {
      held.executing = true;
      load.executing++;
      if (load.limits.concurrency() > 0 && load.executing > load.limits.concurrency()) {
        String allowed = " execute in " + process + ", and " + load.limits.concurrency() + " may";
        broken(event, held, load.executing + " messages" + allowed);
      }
    }
  }

  void parked(EventRecord event, Held held, boolean counts, long delayMillis) {
    Load load = load(held);
    if (load == null) {
      return;
    }
    rested(load, held);
    unparked(held);
    while (!load.due.isEmpty() && load.due.element().parkedUntil <= event.monoNanos()) {
      Held over = load.due.remove();
      over.parked = false;
      load.retries--;
    }
    if (counts && delayMillis > 0) {
      held.parked = true;
      held.parkedUntil = event.monoNanos() + delayMillis * 1_000_000;
      load.due.add(held);
      load.retries++;
      if (load.limits.parked() > 0 && load.retries > load.limits.parked()) {
        String allowed = " are parked in " + process + ", and " + load.limits.parked() + " may be";
        broken(event, held, load.retries + " retries" + allowed);
      }
    }
  }

  void ended(Held held) {
    Load load = load(held);
    if (load != null) {
      unparked(held);
      rested(load, held);
      load.inFlight--;
    }
  }

  private static void rested(Load load, Held held) {
    if (held.executing) {
      held.executing = false;
      load.executing--;
    }
  }

  private void unparked(Held held) {
    Load load = load(held);
    if (load != null && held.parked) {
      held.parked = false;
      load.due.remove(held);
      load.retries--;
    }
  }

  private @Nullable Load load(Held held) {
    String pipeline = held.ownership().source().pipeline();
    Configured limits = process.configured(pipeline);
    if (limits == null) {
      return null;
    }
    Load load = loads.computeIfAbsent(pipeline, absent -> new Load(limits));
    load.limits = limits;
    return load;
  }

  private void broken(EventRecord event, Held held, String sentence) {
    findings.broken(
        Guarantee.P4,
        sentence,
        new Plot(
            held.ownership().source().pipeline(),
            List.of(held.printed()),
            List.of(new Line(event.inc(), event.seq()))));
  }
}
