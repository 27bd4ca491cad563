package dev.tailrace.redis;

import dev.tailrace.observe.Alarm;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a consumer's name is used by one process at a time, by a lease on the server for
 * each stream. Two processes of one name would share a list of pending entries, and each would run
 * what the other holds. Belongs to the source's loop.
 *
 * <p>A process that was killed leaves its lease behind: the next one of its name waits until it has
 * run out. Who finds its lease in another's hands, after an outage longer than the lease, takes
 * nothing new until it has it back.
 */
final class NameGuard {
  private static final Duration LEASE = Duration.ofSeconds(6);

  /** Longer than a lease: what is still held then is renewed by somebody alive. */
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  private static final RedisScript GUARD = RedisScript.load("guard.lua");
  private static final RedisScript UNGUARD = RedisScript.load("unguard.lua");
  private static final Logger LOG = LoggerFactory.getLogger(NameGuard.class);

  private final StreamGroup group;
  private final Collection<ConsumedStream> streams;
  private final Runnable regained;
  private final String holder;
  private @Nullable Timer tick; // event loop only
  private final Set<ConsumedStream> taken = new HashSet<>(); // event loop only: by another

  /**
   * Makes the guard of a consumer's name.
   *
   * @param regained called when the name is ours again after it was another's
   */
  NameGuard(StreamGroup group, Collection<ConsumedStream> streams, Runnable regained) {
    this.group = group;
    this.streams = streams;
    this.regained = regained;
    this.holder =
        "process %d on %s since %s (%s)"
            .formatted(
                ProcessHandle.current().pid(),
                System.getenv().getOrDefault("HOSTNAME", "this host"),
                group.loop().wall(),
                HexFormat.of().toHexDigits(group.loop().random().nextLong()));
  }

  /**
   * Takes the name; waits for a lease that somebody left behind. Fails with {@link UnfitException}
   * where somebody goes on holding it.
   */
  Future<Void> take() {
    long deadline = group.loop().nanos() + PATIENCE.toNanos();
    Future<Void> taken = Future.succeededFuture();
    for (ConsumedStream stream : streams) {
      taken = taken.compose(before -> take(stream, deadline));
    }
    return taken.onSuccess(all -> schedule());
  }

  /** Gives the name back, so that a successor need not wait; never fails. */
  Future<Void> giveBack() {
    if (tick == null) {
      return Future.succeededFuture();
    }
    tick.cancel();
    List<Future<?>> parts = new ArrayList<>();
    for (ConsumedStream stream : streams) {
      RedisScript.Call call = UNGUARD.call().key(key(stream)).arg(holder);
      parts.add(group.commands().run(call, String::valueOf));
    }
    return Future.join(parts).mapEmpty();
  }

  private Future<Void> take(ConsumedStream stream, long deadline) {
    return ask(stream)
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<String> ok && ok.value().isEmpty()) {
                return Future.succeededFuture();
              }
              if (reply instanceof Reply.Failed<String> failed) {
                LOG.warn(
                    "the name {} cannot be guarded: {}",
                    group.consumer(),
                    failed.cause().getMessage());
                return Future.succeededFuture();
              }
              if (group.isClosed()) {
                return Future.failedFuture(new IllegalStateException("the source was closed"));
              }
              if (reply instanceof Reply.Ok<String> ok && group.loop().nanos() - deadline > 0) {
                return Future.failedFuture(new UnfitException(conflict(stream, ok.value())));
              }
              return group.pause().compose(paused -> take(stream, deadline));
            });
  }

  private void schedule() {
    tick =
        group
            .loop()
            .after(
                LEASE.dividedBy(3),
                () -> {
                  schedule();
                  streams.forEach(stream -> ask(stream).onSuccess(reply -> heard(stream, reply)));
                });
  }

  private void heard(ConsumedStream stream, Reply<String> reply) {
    if (!(reply instanceof Reply.Ok<String> ok) || group.isClosing()) {
      return;
    }
    if (!ok.value().isEmpty()) {
      if (taken.add(stream)) {
        String detail = conflict(stream, ok.value());
        LOG.error("{}; nothing new is taken until it is gone", detail);
        SourceEnvironment environment = group.environment();
        environment
            .events()
            .alarm(environment.pipeline(), stream.name(), Alarm.UNREACHABLE, detail);
      }
    } else {
      taken.remove(stream);
    }
    boolean was = group.isDisplaced();
    group.displaced(!taken.isEmpty());
    if (was && taken.isEmpty()) {
      regained.run();
    }
  }

  private Future<Reply<String>> ask(ConsumedStream stream) {
    RedisScript.Call call = GUARD.call().key(key(stream)).arg(holder).arg(LEASE.toMillis());
    return group.commands().run(call, String::valueOf);
  }

  private String conflict(ConsumedStream stream, String by) {
    return "consumer "
        + group.consumer()
        + " of group "
        + group.name()
        + " reads stream "
        + stream.name()
        + " already, in "
        + by
        + ": every process needs an instance name of its own";
  }

  /** In one slot with its stream, should the server be a cluster one day. */
  private String key(ConsumedStream stream) {
    return "tailrace:{" + stream.name() + "}:" + group.name() + ":" + group.consumer();
  }
}
