package dev.tailrace.lifecycle;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The orders that members of a fleet are given, kept beside its list. They are kept until they are
 * done, or for a while after they are good for nothing any more; whoever takes them must know what
 * has been done already. Belongs to its loop.
 */
public interface FleetOrders {
  /** The most orders that wait for one member; the oldest go. */
  int MOST = 16;

  /** What became of an order that was given. */
  enum Answer {
    /** It waits for its member. */
    GIVEN,
    /** No such member is in the list. */
    GONE,
    /** Another one leads. */
    LED
  }

  /**
   * An order as it waits.
   *
   * @param text as it was given
   * @param left for how long it is good, by the registry's clock; not positive where it is not
   */
  record Waiting(String text, Duration left) {}

  /**
   * Gives an order.
   *
   * @param member who is meant, and nobody else
   * @param order a line of text, never the same for two orders
   * @param good for how long, by the registry's clock
   * @param leading whether it is given only if we lead at that moment
   */
  Future<Reply<Answer>> give(String member, String order, Duration good, boolean leading);

  /** The orders that wait for a member, the oldest first. */
  Future<Reply<List<Waiting>>> take(String member);

  /** An order was done, or is of no use: it waits no more. */
  Future<Reply<Boolean>> done(String member, String order);

  /**
   * Asks to be the only one who leads, until {@link #resign}.
   *
   * @param lost told why when that ends by itself
   * @return "" where we lead from now on, else who does
   */
  Future<Reply<String>> lead(Consumer<String> lost);

  /** Leads no more; fine without having led. */
  Future<Reply<Boolean>> resign();
}
