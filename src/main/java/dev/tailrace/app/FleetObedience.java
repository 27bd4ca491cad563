package dev.tailrace.app;

import dev.tailrace.lifecycle.FleetOrders.Waiting;
import dev.tailrace.lifecycle.Trigger;
import io.vertx.core.Future;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a process is ordered to by its fleet: once, while the order is good, and only where it
 * is meant for this run of it. All else is logged and left. Belongs to one loop.
 */
final class FleetObedience {
  /** The most orders that are remembered as done; as many as ever wait, several times over. */
  private static final int REMEMBERED = 128;

  private static final Logger LOG = LoggerFactory.getLogger(FleetObedience.class);

  private final String incarnation;
  private final Steered pool;
  private final Set<String> known = new LinkedHashSet<>(); // owner's loop only; ids

  /** What can be ordered. Each may fail, where the state forbids it. */
  interface Steered {
    /** Ends it. */
    Future<?> drain(Trigger trigger);

    /** Holds intake back. */
    Future<?> pause(String reason);

    /** Lets messages in again. */
    Future<?> resume(String reason);
  }

  /**
   * Of one run.
   *
   * @param incarnation that obeys
   */
  FleetObedience(String incarnation, Steered pool) {
    this.incarnation = incarnation;
    this.pool = pool;
  }

  /** Does what is ordered, or says why not; in any case it need not wait any longer. */
  void heard(Waiting waiting) {
    Optional<FleetOrder> read = FleetOrder.read(waiting.text());
    if (read.isEmpty()) {
      LOG.warn("fleet: what waits here is no order, and is left");
      return;
    }
    FleetOrder order = read.get();
    if (!known.add(order.id())) {
      return; // it is done; only that it waits no more did not arrive
    }
    if (known.size() > REMEMBERED) {
      known.remove(known.iterator().next());
    }
    FleetOrder.Verb verb = FleetOrder.Verb.of(order.verb());
    if (!order.incarnation().equals(incarnation)) {
      left(order, "it is meant for " + order.incarnation());
    } else if (waiting.left().isNegative() || waiting.left().isZero()) {
      left(order, "it was good until " + waiting.left().abs().toMillis() + " ms ago");
    } else if (verb == null) {
      left(order, "this version knows no such order");
    } else {
      LOG.info("fleet: ordered to {} by {}", order.verb(), order.by());
      obey(verb, "ordered by " + order.by())
          .onFailure(refused -> left(order, String.valueOf(refused.getMessage())));
    }
  }

  private Future<?> obey(FleetOrder.Verb verb, String reason) {
    return switch (verb) {
      case DRAIN -> pool.drain(new Trigger(Trigger.Kind.FLEET, reason));
      case REPLACE -> pool.drain(new Trigger(Trigger.Kind.FLEET_REPLACE, reason));
      case PAUSE -> pool.pause("fleet: " + reason);
      case RESUME -> pool.resume("fleet: " + reason);
    };
  }

  private static void left(FleetOrder order, String why) {
    LOG.warn("fleet: the order {} of {} is left: {}", order.verb(), order.by(), why);
  }
}
