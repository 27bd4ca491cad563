package dev.tailrace.redis.store;

import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.Redirection;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on a cluster: each on the server that has its slot, wherever that goes meanwhile.
 * What a server says is elsewhere was not carried out. Belongs to the store's loop.
 */
final class ClusterTransactions implements Transactions {
  private final Loop loop;
  private final ClusterLinks links;
  private final Map<String, LinkTransactions> servers = new HashMap<>(); // event loop only

  ClusterTransactions(Loop loop, ClusterLinks links) {
    this.loop = loop;
    this.links = links;
  }

  /**
   * Of several in one slot some would be here and some there while it moves, and all would have to
   * wait.
   */
  @Override
  public int mostRecords() {
    return 1;
  }

  /**
   * One transaction on its way.
   *
   * @param tries that are left where others are faster
   * @param moves since the last pause
   */
  private record Way<R>(
      List<String> keys, Function<Seen, Decision<R>> rule, int tries, int moves, int pauses) {
    Way<R> retried() {
      return new Way<>(keys, rule, tries - 1, moves, pauses);
    }

    Way<R> moved() {
      return new Way<>(keys, rule, tries, moves + 1, pauses);
    }

    Way<R> paused() {
      return new Way<>(keys, rule, tries, 0, pauses + 1);
    }
  }

  @Override
  public <R> Future<Reply<R>> run(List<String> keys, Function<Seen, Decision<R>> rule) {
    return begin(new Way<>(keys, rule, MOST_TRIES, 0, 0));
  }

  /**
   * As {@link #run}, but only by the server that is known to have the slot: what that says is
   * elsewhere is failed.
   */
  <R> Future<Reply<R>> direct(List<String> keys, Function<Seen, Decision<R>> rule) {
    return begin(new Way<>(keys, rule, MOST_TRIES, ClusterRun.MOST_SENT, Integer.MAX_VALUE));
  }

  private <R> Future<Reply<R>> begin(Way<R> way) {
    int slot = HashSlot.of(way.keys().get(0));
    String owner = links.owner(slot);
    if (owner == null) {
      links.doubt();
      return Future.succeededFuture(Reply.failed(links.nobodyHas(slot)));
    }
    return at(owner, false, way);
  }

  private <R> Future<Reply<R>> at(String address, boolean asking, Way<R> way) {
    LinkTransactions server = server(address);
    if (server == null) {
      return Future.succeededFuture(
          Reply.unknown(new IllegalStateException(links.config() + " is closed")));
    }
    if (way.tries() == 0) {
      return Future.succeededFuture(Transactions.contended());
    }
    return server
        .attempt(asking, way.keys(), way.rule())
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<Optional<R>> ok) {
                return ok.value()
                    .map(done -> Future.succeededFuture(Reply.ok(done)))
                    .orElseGet(() -> at(address, asking, way.retried()));
              }
              return reply instanceof Reply.Failed<Optional<R>> failed
                  ? refused(address, failed.cause(), way)
                  : unanswered(reply);
            });
  }

  private <R> Future<Reply<R>> unanswered(Reply<?> reply) {
    links.doubt();
    return Future.succeededFuture(WatchedOperations.same(reply));
  }

  private <R> Future<Reply<R>> refused(String address, Throwable cause, Way<R> way) {
    Optional<Redirection> to = Redirection.of(cause);
    if (to.isPresent()) {
      String next = links.moved(to.get(), address);
      if (way.moves() < ClusterRun.MOST_SENT) {
        return at(next, !to.get().lasting(), way.moved());
      }
    } else if (isParted(cause) && way.pauses() < links.mostPauses()) {
      return links.after(ClusterLinks.MOVE_PAUSE).compose(over -> begin(way.paused()));
    } else if (ServerError.is(cause, "CLUSTERDOWN")) {
      links.doubt();
    }
    return Future.succeededFuture(Reply.failed(cause));
  }

  /** Some of its keys have moved to another server with their slot, and some have not. */
  private static boolean isParted(Throwable cause) {
    return cause instanceof PartedException || ServerError.is(cause, "TRYAGAIN");
  }

  /** One at a time on each; null once the links are closed. */
  private @Nullable LinkTransactions server(String address) {
    RedisLink link = links.link(address);
    if (link == null) {
      return null;
    }
    servers.values().removeIf(known -> known.link().isClosed());
    return servers.computeIfAbsent(address, any -> new LinkTransactions(link, loop));
  }
}
