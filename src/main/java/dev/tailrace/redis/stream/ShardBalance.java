package dev.tailrace.redis.stream;

import dev.tailrace.observe.Alarm;
import dev.tailrace.redis.link.Lease;
import dev.tailrace.redis.link.Lease.Grant;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.redis.stream.ShardMembers.Roll;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that each instance has its share of the shards: takes leases that nobody holds while
 * there are fewer than its share, and gives up what is more. Belongs to the source's loop.
 *
 * <p>Nobody is told of anything: each instance looks a few times a second at who lives, and, while
 * it has less than its share, at what is free. So no message can be missed, and a shard that was
 * given up is found within {@link #INTERVAL}.
 */
final class ShardBalance {
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final Logger LOG = LoggerFactory.getLogger(ShardBalance.class);

  private final StreamGroup group;
  private final Shards shards;
  private final ShardMembers members;
  private final Owner owner;
  private final List<String> names;
  private final String holder;
  private final Map<String, Lease> unanswered = new HashMap<>(); // event loop only
  private long leases; // event loop only: made so far
  private boolean stopped; // event loop only
  private boolean refused; // event loop only: the count of shards is not ours
  private @Nullable Timer tick; // event loop only

  /** Whose shards they are; called on the loop. */
  interface Owner {
    /** Whether this shard is ours, or still on its way to another. */
    boolean has(String name);

    /** How many are ours and stay. */
    int kept();

    /** Hands so many over to others. */
    void giveUp(int surplus);

    /** A shard is ours. */
    void granted(String name, Lease lease);

    /** The lease of a shard that was ours has ended. */
    void lost(String name, Lease lease, String why);
  }

  ShardBalance(StreamGroup group, Shards shards, Owner owner) {
    this.group = group;
    this.shards = shards;
    this.members = new ShardMembers(group, shards);
    this.owner = owner;
    this.names = shards.names();
    this.holder = Lease.holder(group.loop());
  }

  /**
   * Joins. Goes on trying while the server does not answer; fails with {@link UnfitException} where
   * the stream has another count of shards.
   */
  Future<Void> join() {
    return members
        .look() // who cannot start after this would keep its share from others
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<Roll> ok) {
                return ok.value().count() == shards.count()
                    ? Future.succeededFuture()
                    : Future.failedFuture(new UnfitException(otherCount(ok.value())));
              }
              if (reply instanceof Reply.Failed<Roll> failed
                  && (ServerError.isUnfit(failed.cause())
                      || ServerError.is(failed.cause(), "WRONGTYPE"))) {
                String why = shards + " cannot be shared out: " + failed.cause().getMessage();
                return Future.failedFuture(new UnfitException(why, failed.cause()));
              }
              return group.isClosing()
                  ? Future.failedFuture(new IllegalStateException("the source was closed"))
                  : group.pause().compose(paused -> join());
            });
  }

  /** Begins to balance, now and from time to time. */
  void start() {
    members
        .report()
        .compose(this::balance)
        .onComplete(
            done -> {
              if (!stopped) {
                tick = group.loop().after(INTERVAL, this::start);
              }
            });
  }

  /** Takes and gives up nothing any more, and tells the others; completes when they are told. */
  Future<Void> stop() {
    if (stopped) {
      return Future.succeededFuture();
    }
    stopped = true;
    if (tick != null) {
      tick.cancel();
    }
    unanswered.values().forEach(lease -> lease.release());
    return members.leave().mapEmpty();
  }

  private Future<Void> balance(Reply<Roll> reply) {
    if (!(reply instanceof Reply.Ok<Roll> ok) || stopped) {
      return Future.succeededFuture();
    }
    Roll roll = ok.value();
    check(roll);
    int share = roll.share();
    int kept = owner.kept();
    if (kept > share) {
      owner.giveUp(kept - share);
    }
    return kept < share ? takeFree(share, roll.first()) : Future.succeededFuture();
  }

  /** Somebody has written another count down, after the server was emptied. */
  private void check(Roll roll) {
    boolean differs = roll.count() != shards.count();
    if (differs && !refused) {
      LOG.error("{}; nothing of it is read until then", otherCount(roll));
      SourceEnvironment environment = group.environment();
      environment
          .events()
          .alarm(environment.pipeline(), shards.toString(), Alarm.UNREACHABLE, otherCount(roll));
    }
    refused = differs;
  }

  private String otherCount(Roll roll) {
    return "the stream "
        + shards.prefix()
        + " has "
        + roll.count()
        + " shards, and "
        + shards.count()
        + " are configured: set shards.count to "
        + roll.count()
        + ", or, once all who write and read it have stopped and all is read, delete the key "
        + members.countKey()
        + " on "
        + group.config().redis();
  }

  private Future<Void> takeFree(int share, int first) {
    List<String> candidates = new ArrayList<>();
    List<Future<Reply<Boolean>>> free = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get((first + i) % names.size());
      if (!owner.has(name) && group.commands(name).isUp()) { // the others are not to wait for it
        candidates.add(name);
        free.add(isFree(name));
      }
    }
    return Future.join(free)
        .compose(
            all -> {
              List<Future<?>> takes = new ArrayList<>();
              for (int i = 0; i < free.size(); i++) {
                boolean wanted = !stopped && owner.kept() + takes.size() < share;
                if (wanted && free.get(i).result() instanceof Reply.Ok<Boolean> ok && ok.value()) {
                  takes.add(take(candidates.get(i)));
                }
              }
              return Future.join(takes).mapEmpty();
            });
  }

  private Future<Reply<Boolean>> isFree(String name) {
    if (unanswered.containsKey(name)) {
      return Future.succeededFuture(Reply.ok(true)); // perhaps ours
    }
    Request request = Request.cmd(Command.EXISTS).arg(key(name));
    return group.commands(name).send(request, count -> count != null && count.toLong() == 0);
  }

  private Future<Void> take(String name) {
    Lease before = unanswered.remove(name);
    Lease lease = before == null ? lease(name) : before;
    return lease
        .acquire()
        .map(
            reply -> {
              if (reply.isUnknown()) {
                unanswered.put(name, lease);
              } else if (reply instanceof Reply.Failed<Grant> failed) {
                LOG.warn("the shard {} cannot be had: {}", name, failed.cause().getMessage());
              } else if (lease.isHeld()) {
                if (stopped) {
                  Future<?> unused = lease.release();
                } else {
                  owner.granted(name, lease);
                }
              }
              return null;
            });
  }

  /** Under a name of its own, so that no lease is taken for one that ended before. */
  private Lease lease(String name) {
    leases++;
    Lease.Terms terms = new Lease.Terms(key(name), holder + " " + leases, shards.lease());
    return new Lease(
        group.commands(name), group.loop(), terms, (its, why) -> owner.lost(name, its, why));
  }

  private String key(String name) {
    return StreamKeys.beside(name, group.name() + ":owner");
  }
}
