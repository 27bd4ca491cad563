package dev.tailrace.redis.link;

import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@link RedisLink} to each server of a cluster that has slots, and the map that says which has
 * which. Belongs to its loop.
 *
 * <p>The map is asked for at the start, when a server says that a slot has moved, when a connection
 * ends, and then until all slots have a server that answers. A server that has no slots any more
 * loses its link, and what was under way there becomes unknown: a primary that has died is away
 * until the others have put another in its place.
 */
public final class ClusterLinks {
  /** How soon something is sent again whose keys are on two servers, as their slot moves. */
  public static final Duration MOVE_PAUSE = Duration.ofMillis(50);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLinks.class);

  private final Vertx vertx;
  private final Loop loop;
  private final RedisConfig config;
  private final Link.Events events;
  private final SlotMapFinder finder;
  private final Map<String, RedisLink> links = new LinkedHashMap<>(); // event loop only; primaries
  private final Promise<Void> opening = Promise.promise();

  private SlotMap map = SlotMap.EMPTY; // event loop only
  private @Nullable String trouble; // event loop only: why the map could not be had
  private LinkStatus status; // event loop only
  private boolean finding; // event loop only
  private boolean again; // event loop only: the map has changed since it was asked for
  private @Nullable Timer next; // event loop only
  private int tries; // event loop only: since all was well
  private boolean closed; // event loop only

  /**
   * Makes them; nothing is connected before {@link #open}.
   *
   * @param events told of each connection, and, as of one that is down, when other servers have the
   *     slots
   */
  public ClusterLinks(Vertx vertx, Loop loop, RedisConfig config, Link.Events events) {
    this.vertx = vertx;
    this.loop = loop;
    this.config = config;
    this.events = events;
    this.finder = new SlotMapFinder(vertx, loop, config);
    this.status = new LinkStatus(false, loop.wall(), "not connected yet");
  }

  /**
   * Completes when every slot has a server that answers; goes on trying until then. Fails with
   * {@link UnfitException} where a server refuses us.
   */
  public Future<Void> open() {
    assert loop.inLoop();
    find();
    return opening.future();
  }

  /** How the connections stand, all taken together. */
  public LinkStatus status() {
    return status;
  }

  /** Where the cluster is. */
  public RedisConfig config() {
    return config;
  }

  /** Whether they were closed, so that nothing will ever be sent any more. */
  public boolean isClosed() {
    return closed;
  }

  /** The links to the servers that have slots now. */
  public List<RedisLink> links() {
    return List.copyOf(links.values());
  }

  /** The address of the server that has a slot, as far as is known; else null. */
  public @Nullable String owner(int slot) {
    return map.owner(slot);
  }

  /** Why what belongs to a slot was not sent anywhere. */
  public IllegalStateException nobodyHas(int slot) {
    return new IllegalStateException("no server of " + config + " is known to have slot " + slot);
  }

  /** How many {@link #MOVE_PAUSE}s there are in the time that a command may take. */
  public long mostPauses() {
    return config.timeout().dividedBy(MOVE_PAUSE);
  }

  /** Completes after a pause, with whatever has become of the map meanwhile. */
  public Future<Void> after(Duration pause) {
    Promise<Void> over = Promise.promise();
    loop.after(pause, over::complete);
    return over.future();
  }

  /** The link to a server; made where there is none. Null once this was closed. */
  public @Nullable RedisLink link(String address) {
    assert loop.inLoop();
    RedisLink known = links.get(address);
    if (known != null && !known.isClosed()) {
      return known;
    }
    if (closed) {
      return null;
    }
    RedisLink fresh = new RedisLink(vertx, loop, config.node(address), new Changes());
    links.put(address, fresh);
    fresh.open().onFailure(refusal -> refused(address, refusal));
    return fresh;
  }

  /** A server says that a slot has moved; the address of where it is now. */
  public String moved(Redirection to, String by) {
    String address = config.servers().named(to.host(), to.port(), by);
    if (to.lasting()) {
      map = map.with(to.slot(), address);
      find();
    }
    return address;
  }

  /** What is known may be wrong. */
  public void doubt() {
    if (next == null) {
      find();
    }
  }

  /** Closes all for good; what is under way becomes unknown. Twice is fine. */
  public Future<Void> close() {
    assert loop.inLoop();
    closed = true;
    if (next != null) {
      next.cancel();
    }
    opening.tryFail(new IllegalStateException(config + " was closed"));
    status = new LinkStatus(false, loop.wall(), "closed");
    return Future.join(links.values().stream().map(RedisLink::close).toList()).mapEmpty();
  }

  private void find() {
    if (closed || finding) {
      again = true;
      return;
    }
    finding = true;
    again = false;
    if (next != null) {
      next.cancel();
      next = null;
    }
    finder
        .find(map.primaries())
        .onComplete(
            found -> {
              finding = false;
              if (closed) {
                return;
              }
              if (found.succeeded()) {
                trouble = null;
                adopt(found.result());
              } else {
                notFound(found.cause());
              }
              look();
              if (again || !status.connected()) {
                findLater();
              }
            });
  }

  private void notFound(Throwable cause) {
    trouble = String.valueOf(cause.getMessage());
    if (cause instanceof UnfitException) {
      opening.tryFail(cause);
    }
  }

  private void findLater() {
    if (next == null) {
      Duration pause = RedisConnector.pause(tries++, loop.random());
      next = loop.after(pause.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : pause, this::find);
    }
  }

  private void adopt(SlotMap found) {
    if (!found.primaries().equals(map.primaries())) {
      LOG.info("{} has its slots at {}", config, found.primaries());
      events.down("other servers have the slots");
    }
    map = found;
    List<String> gone =
        links.keySet().stream().filter(each -> !found.primaries().contains(each)).toList();
    for (String address : gone) {
      RedisLink link = links.remove(address);
      if (link != null) {
        Future<Void> unused = link.close();
      }
    }
    found.primaries().forEach(this::link);
  }

  private void refused(String address, Throwable refusal) {
    if (refusal instanceof UnfitException && !opening.tryFail(refusal)) {
      LOG.error("{} refuses us at {}", config, address, refusal);
    }
  }

  /** Sums up. */
  private void look() {
    if (closed) {
      return;
    }
    @Nullable String error = trouble();
    if ((error == null) != status.connected()) {
      status = new LinkStatus(error == null, loop.wall(), error);
    } else if (error != null) {
      status = new LinkStatus(false, status.since(), error);
    }
    if (error == null) {
      tries = 0;
      opening.tryComplete();
    }
  }

  private @Nullable String trouble() {
    for (String address : new TreeSet<>(map.primaries())) {
      RedisLink link = links.get(address);
      if (link == null || !link.isUp()) {
        String why = link == null ? "not connected yet" : String.valueOf(link.status().error());
        return config.servers().address(address) + ": " + why;
      }
    }
    return map.isWhole() ? null : trouble == null ? "not all slots have a server" : trouble;
  }

  /** What becomes of one connection. */
  private final class Changes implements Link.Events {
    @Override
    public void up() {
      look();
      events.up();
    }

    @Override
    public void down(String why) {
      events.down(why);
      look();
      find();
    }
  }
}
