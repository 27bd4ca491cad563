package dev.tailrace.redis.stream;

import dev.tailrace.observe.Alarm;
import dev.tailrace.redis.link.Lease;
import dev.tailrace.redis.link.Lease.Grant;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that a consumer's name is used by one process at a time, by a lease on the server for
 * each stream. Two processes of one name would share a list of pending entries, and each would run
 * what the other holds. Belongs to the source's loop.
 *
 * <p>A process that was killed leaves its lease behind: the next one of its name waits until it has
 * run out. Who finds its lease in another's hands, after an outage longer than the lease, takes
 * nothing new of that stream until it has it back.
 */
final class NameGuard {
  private static final Duration LEASE = Duration.ofSeconds(6);

  /** Longer than a lease: what is still held then is renewed by somebody alive. */
  private static final Duration PATIENCE = Duration.ofSeconds(9);

  private static final Logger LOG = LoggerFactory.getLogger(NameGuard.class);

  private final StreamGroup group;
  private final Collection<ConsumedStream> streams;
  private final Runnable regained;
  private final String holder;
  private final Map<ConsumedStream, Lease> leases = new LinkedHashMap<>(); // event loop only

  /**
   * Makes the guard of a consumer's name.
   *
   * @param regained called when the name is ours again after it was another's
   */
  NameGuard(StreamGroup group, Collection<ConsumedStream> streams, Runnable regained) {
    this.group = group;
    this.streams = streams;
    this.regained = regained;
    this.holder = Lease.holder(group.loop());
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
    return taken;
  }

  /** Gives the name back, so that a successor need not wait, where it can be; never fails. */
  Future<Void> giveBack() {
    List<Future<?>> parts = new ArrayList<>();
    leases.forEach(
        (stream, lease) -> {
          if (group.commands(stream).isUp()) {
            parts.add(lease.release());
          }
        });
    return Future.join(parts).mapEmpty();
  }

  private Future<Void> take(ConsumedStream stream, long deadline) {
    return lease(stream)
        .acquire()
        .compose(
            reply -> {
              if (reply instanceof Reply.Ok<Grant> ok && ok.value().isOurs()) {
                return Future.succeededFuture();
              }
              if (reply instanceof Reply.Failed<Grant> failed) {
                unguarded(failed.cause());
                return Future.succeededFuture();
              }
              if (group.isClosed()) {
                return Future.failedFuture(new IllegalStateException("the source was closed"));
              }
              if (reply instanceof Reply.Ok<Grant> ok && group.loop().nanos() - deadline > 0) {
                return Future.failedFuture(
                    new UnfitException(conflict(stream, ok.value().holder())));
              }
              return group.pause().compose(paused -> take(stream, deadline));
            });
  }

  /** The lease ended, by another's hand or since the server was away for so long. */
  private void lost(ConsumedStream stream, String why) {
    if (!group.isClosing()) {
      LOG.warn(
          "the name {} on stream {} is not ours for now: {}", group.consumer(), stream.name(), why);
      group.displaced(stream, true);
      takeAgain(stream, false);
    }
  }

  /**
   * Tries until the name is ours again; meanwhile nothing new of the stream is taken.
   *
   * @param told whether a person has been told who has it
   */
  private void takeAgain(ConsumedStream stream, boolean told) {
    lease(stream)
        .acquire()
        .onSuccess(
            reply -> {
              if (group.isClosing()) {
                return;
              }
              if (reply instanceof Reply.Ok<Grant> ok && !ok.value().isOurs()) {
                if (!told) {
                  alarm(stream, conflict(stream, ok.value().holder()));
                }
                group.pause().onSuccess(paused -> takeAgain(stream, true));
              } else if (reply.isOk()) {
                regained(stream);
              } else if (reply instanceof Reply.Failed<Grant> failed
                  && ServerError.isUnfit(failed.cause())) {
                unguarded(failed.cause());
                regained(stream);
              } else {
                group.pause().onSuccess(paused -> takeAgain(stream, told));
              }
            });
  }

  private void regained(ConsumedStream stream) {
    group.displaced(stream, false);
    regained.run();
  }

  private void alarm(ConsumedStream stream, String detail) {
    LOG.error("{}; nothing new of it is taken until that is gone", detail);
    SourceEnvironment environment = group.environment();
    environment.events().alarm(environment.pipeline(), stream.name(), Alarm.UNREACHABLE, detail);
  }

  private void unguarded(Throwable cause) {
    LOG.warn("the name {} cannot be guarded: {}", group.consumer(), cause.getMessage());
  }

  private Lease lease(ConsumedStream stream) {
    return leases.computeIfAbsent(
        stream,
        its ->
            new Lease(
                group.commands(stream),
                group.loop(),
                new Lease.Terms(key(stream), holder, LEASE),
                (lease, why) -> lost(stream, why)));
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

  private String key(ConsumedStream stream) {
    return StreamKeys.beside(stream.name(), group.name() + ":" + group.consumer());
  }
}
