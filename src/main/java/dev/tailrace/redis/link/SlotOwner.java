package dev.tailrace.redis.link;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server of a cluster that has a slot, and the connection to it. Belongs to its loop.
 *
 * <p>A connection that has ended is made again to that server, or to the one that has the slot by
 * then, for which the others are asked until there is one.
 */
final class SlotOwner {
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
  private static final Logger LOG = LoggerFactory.getLogger(SlotOwner.class);

  private final Vertx vertx;
  private final Loop loop;
  private final RedisConfig config;
  private final int slot;
  private final SlotMapFinder finder;
  private final Link.Events events;
  private final Promise<Void> opening = Promise.promise();
  private @Nullable RedisLink link; // event loop only
  private String address = ""; // event loop only: of the server that the link leads to
  private Set<String> known = Set.of(); // event loop only: servers of the cluster
  private LinkStatus status; // event loop only: while there is no link
  private boolean opened; // event loop only
  private boolean seeking; // event loop only
  private @Nullable Timer next; // event loop only: of asking who has the slot
  private int tries; // event loop only: since a connection was there
  private boolean closed; // event loop only

  /**
   * Connects nothing.
   *
   * @param finder may serve several slots
   */
  SlotOwner(int slot, SlotMapFinder finder, Link.Events events) {
    this.vertx = finder.vertx();
    this.loop = finder.loop();
    this.config = finder.config();
    this.slot = slot;
    this.finder = finder;
    this.events = events;
    this.status = new LinkStatus(false, loop.wall(), "not connected yet");
  }

  /** As {@link Link#open}. */
  Future<Void> open() {
    if (!opened) {
      opened = true;
      seek();
    }
    return opening.future();
  }

  LinkStatus status() {
    return link == null ? status : link.status();
  }

  /** Of the server; "" as long as none is known. */
  String address() {
    return address;
  }

  /** Leads to the server, connected or not; null as long as none is known, and once closed. */
  @Nullable RedisLink link() {
    return link;
  }

  boolean isUp() {
    return link != null && link.isUp();
  }

  /** Asks the others who has the slot. */
  void seek() {
    if (closed || seeking) {
      return;
    }
    seeking = true;
    finder
        .find(known)
        .onComplete(
            found -> {
              seeking = false;
              if (closed) {
                return;
              }
              if (found.succeeded()) {
                found(found.result());
              } else {
                notFound(found.cause());
              }
              seekLater();
            });
  }

  private void found(SlotMap map) {
    known = map.primaries();
    String owner = map.owner(slot);
    if (owner != null) {
      lead(owner);
    } else {
      status = new LinkStatus(false, status.since(), "nobody has slot " + slot);
    }
  }

  private void notFound(Throwable cause) {
    status = new LinkStatus(false, status.since(), cause.getMessage());
    if (cause instanceof UnfitException) {
      opening.tryFail(cause);
    }
  }

  /** The server may be gone for good, and another in its place. */
  private void seekLater() {
    if (next == null && !isUp() && !closed) {
      Duration pause = RedisConnector.pause(tries++, loop.random());
      next =
          loop.after(
              pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause,
              () -> {
                next = null;
                if (!isUp()) {
                  seek();
                }
              });
    }
  }

  /** This server has the slot; what is under way to another becomes unknown. */
  void lead(String to) {
    RedisLink before = link;
    if (closed || (before != null && to.equals(address) && !before.isClosed())) {
      return;
    }
    if (!address.isEmpty() && !address.equals(to)) {
      LOG.info("slot {} of {} is at {}", slot, config, to);
    }
    address = to;
    Connection heard = new Connection();
    RedisLink fresh = new RedisLink(vertx, loop, config.node(to), heard);
    heard.of = fresh;
    link = fresh;
    fresh.open().onFailure(refusal -> refused(to, refusal));
    if (before != null) {
      Future<Void> unused = before.close();
    }
    seekLater();
  }

  private void refused(String by, Throwable refusal) {
    if (refusal instanceof UnfitException && !opening.tryFail(refusal) && !closed) {
      LOG.error("{} refuses us at {}", config, by, refusal);
    }
  }

  Future<Void> close() {
    closed = true;
    if (next != null) {
      next.cancel();
    }
    status = new LinkStatus(false, loop.wall(), "closed");
    opening.tryFail(new IllegalStateException(config + " was closed"));
    RedisLink last = link;
    link = null;
    return last == null ? Future.succeededFuture() : last.close();
  }

  /** What becomes of the connection to one server. */
  private final class Connection implements Link.Events {
    private @Nullable RedisLink of; // event loop only

    @Override
    public void up() {
      if (of == link) {
        tries = 0;
        opening.tryComplete();
        events.up();
      }
    }

    @Override
    public void down(String why) {
      if (of == link) {
        events.down(why);
        seekLater();
      }
    }
  }
}
