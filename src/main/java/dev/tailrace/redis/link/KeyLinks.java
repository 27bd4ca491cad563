package dev.tailrace.redis.link;

import dev.tailrace.runtime.Loop;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The links of one owner, by the keys that commands are about: a single one where one server has
 * all keys, in a cluster one for each slot. Bounded by the keys of its owner. Belongs to its loop.
 */
public final class KeyLinks {
  /** The slot of all keys where there are no slots. */
  private static final int ALL = -1;

  private final Vertx vertx;
  private final Loop loop;
  private final RedisConfig config;
  private final Events events;
  private final SlotMapFinder finder;
  private final LinkStatus status; // while none was opened
  private final Map<Integer, Link> links = new LinkedHashMap<>(); // event loop only: by slot
  private final Map<Link, Future<Void>> opened = new LinkedHashMap<>(); // event loop only
  private boolean closed; // event loop only

  /** What the owner hears of its links; called on the loop. */
  public interface Events {
    /** A connection is there, and what waited for it has been sent. */
    default void up(Link link) {}

    /** The connection was lost; what was under way has been answered as unknown. */
    default void down(Link link, String why) {}
  }

  /** Makes no link before it is asked for one, and connects none before {@link #open}. */
  public KeyLinks(Vertx vertx, Loop loop, RedisConfig config, Events events) {
    this.vertx = vertx;
    this.loop = loop;
    this.config = config;
    this.events = events;
    this.finder = new SlotMapFinder(vertx, loop, config);
    this.status = new LinkStatus(false, loop.wall(), "not connected yet");
  }

  /** A link of its own to whoever has a key. */
  public static Link single(Vertx vertx, Loop loop, RedisConfig config, String key) {
    return new KeyLinks(vertx, loop, config, new Events() {}).of(key);
  }

  /** The link for commands on a key; it may have to be opened. */
  public Link of(String key) {
    boolean cluster = config.servers().kind() == RedisServers.Kind.CLUSTER;
    return links.computeIfAbsent(cluster ? HashSlot.of(key) : ALL, this::make);
  }

  private Link make(int slot) {
    Heard heard = new Heard();
    Link link =
        slot == ALL ? new RedisLink(vertx, loop, config, heard) : new SlotLink(slot, finder, heard);
    heard.of = link;
    return link;
  }

  /**
   * Connects to all who have these keys, as {@link Link#open} does; fails with {@link
   * UnfitException} where one refuses us. What is open already is fine.
   */
  public Future<Void> open(Collection<String> keys) {
    if (closed) {
      return Future.failedFuture(new IllegalStateException(config + " was closed"));
    }
    List<Link> of = keys.stream().map(this::of).distinct().toList();
    return Future.all(of.stream().map(this::open).toList()).mapEmpty();
  }

  private Future<Void> open(Link link) {
    Future<Void> opening = link.open();
    opened.putIfAbsent(link, opening);
    return opening;
  }

  /**
   * How the connections stand, all taken together; one that is new counts from its first one on.
   */
  public LinkStatus status() {
    List<Link> settled =
        opened.entrySet().stream()
            .filter(each -> each.getValue().isComplete())
            .map(Map.Entry::getKey)
            .toList();
    return (settled.isEmpty() ? opened.keySet() : settled)
        .stream().map(Link::status).reduce(LinkStatus::with).orElse(status);
  }

  boolean isClosed() {
    return closed;
  }

  /** Closes all of them for good. Twice is fine. */
  public Future<Void> close() {
    closed = true;
    return Future.join(links.values().stream().map(Link::close).toList()).mapEmpty();
  }

  /** Says of which link something is heard. */
  private final class Heard implements Link.Events {
    private @Nullable Link of; // filled once, before it is opened

    @Override
    public void up() {
      if (of != null) {
        events.up(of);
      }
    }

    @Override
    public void down(String why) {
      if (of != null) {
        events.down(of, why);
      }
    }
  }
}
