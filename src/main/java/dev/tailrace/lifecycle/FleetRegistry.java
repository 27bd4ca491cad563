package dev.tailrace.lifecycle;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * The list of the processes of one name, kept somewhere that all of them reach. Nobody depends on
 * it: a registry that is away makes a fleet invisible, and nothing else. Belongs to its loop.
 */
public interface FleetRegistry {
  /** Completes with the first connection; until then it goes on trying. */
  Future<Void> open();

  /**
   * Is in the list, or stays in it.
   *
   * @param member never the same for two processes
   * @param said what it says of itself, a line of text
   * @param length for how long, by the registry's clock, unless it says so again
   */
  Future<Reply<Boolean>> keep(String member, String said, Duration length);

  /**
   * Is no longer in the list.
   *
   * @param lastWords how it ended, a line of text that is kept for {@code memory}
   */
  Future<Reply<Boolean>> leave(String member, String lastWords, Duration memory);

  /** What a member has said when it left; "" where it has not left, or nobody remembers. */
  Future<Reply<String>> lastWords(String member);

  /** The orders to those in the list, over the same connection. */
  FleetOrders orders();

  /** What all say that are in the list. */
  Future<Reply<List<String>>> members();

  /** Ends the connection; what is under way becomes unknown. */
  Future<Void> close();
}
