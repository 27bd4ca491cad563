package dev.tailrace.source;

import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One round of commits: what is uncertain is read back, then what is due is committed, then what
 * became uncertain is read back. Belongs to the committer's loop; one round at a time.
 */
final class CommitRound {
  private static final Logger LOG = LoggerFactory.getLogger(CommitRound.class);

  private final SourceEnvironment environment;
  private final CommitTarget target;
  private final ObjIntConsumer<TrackedPartition> refusedMetadata;
  private boolean troubled; // event loop only; the last answer was not ok

  private record Answers<T>(Map<Partition, Reply<T>> replies, @Nullable Throwable failure) {
    Reply<T> of(TrackedPartition tracked) {
      Reply<T> reply = replies.get(tracked.partition());
      return reply != null ? reply : Reply.unknown(failure != null ? failure : missing());
    }

    private static Throwable missing() {
      return new IllegalStateException("the answer leaves this partition out");
    }
  }

  /**
   * Makes the rounds of one committer.
   *
   * @param refusedMetadata told when metadata of this length was too large for the broker
   */
  CommitRound(
      SourceEnvironment environment,
      CommitTarget target,
      ObjIntConsumer<TrackedPartition> refusedMetadata) {
    this.environment = environment;
    this.target = target;
    this.refusedMetadata = refusedMetadata;
  }

  /**
   * Runs a round; never fails.
   *
   * @param confirm whether in the end all are read back, also those whose commit was confirmed
   * @return whether the broker refused nothing and answered everything
   */
  Future<Boolean> run(Collection<TrackedPartition> wanted, boolean confirm) {
    return readBack(wanted, TrackedPartition::uncertain)
        .compose(
            before ->
                commit(wanted)
                    .compose(
                        committed ->
                            readBack(wanted, tracked -> confirm || tracked.uncertain())
                                .map(after -> before && committed && after)));
  }

  private Future<Boolean> commit(Collection<TrackedPartition> wanted) {
    Map<Partition, Position> positions = new LinkedHashMap<>();
    for (TrackedPartition tracked : wanted) {
      if (tracked.unsettled() && !tracked.uncertain()) {
        tracked.commitNow().ifPresent(position -> positions.put(tracked.partition(), position));
      }
    }
    if (positions.isEmpty()) {
      return Future.succeededFuture(true);
    }
    return asked(() -> target.commit(positions))
        .map(
            answers -> {
              String worst = Committer.OK;
              for (TrackedPartition tracked : wanted) {
                Position sent = positions.get(tracked.partition());
                if (sent != null) {
                  worst = worse(worst, answered(tracked, sent, answers.of(tracked)));
                }
              }
              environment.events().commit(environment.pipeline(), worst);
              return worst.equals(Committer.OK);
            });
  }

  private String answered(TrackedPartition tracked, Position sent, Reply<Void> reply) {
    if (isNotOwned(reply)) {
      tracked.refused();
      tracked.disowned();
      return Committer.FAILED;
    }
    log(tracked, "commit", reply);
    if (reply.isOk()) {
      tracked.confirmed(sent);
      target.confirmed(tracked.partition());
      return Committer.OK;
    }
    if (reply.isUnknown()) {
      tracked.unanswered();
      return Committer.UNKNOWN;
    }
    tracked.refused();
    if (reply instanceof Reply.Failed<Void> failed
        && failed.cause() instanceof MetadataTooLargeException) {
      refusedMetadata.accept(tracked, sent.metadata().length());
    }
    return Committer.FAILED;
  }

  private static String worse(String one, String other) {
    if (one.equals(Committer.UNKNOWN) || other.equals(Committer.UNKNOWN)) {
      return Committer.UNKNOWN;
    }
    return one.equals(Committer.FAILED) ? one : other;
  }

  private Future<Boolean> readBack(
      Collection<TrackedPartition> wanted, Predicate<TrackedPartition> which) {
    Map<Partition, TrackedPartition> asked = new LinkedHashMap<>();
    for (TrackedPartition tracked : wanted) {
      if (!tracked.ended() && which.test(tracked)) {
        asked.put(tracked.partition(), tracked);
      }
    }
    if (asked.isEmpty()) {
      return Future.succeededFuture(true);
    }
    return asked(() -> target.readBack(asked.keySet()))
        .map(
            answers -> {
              boolean all = true;
              for (TrackedPartition tracked : asked.values()) {
                Reply<Position> reply = answers.of(tracked);
                if (isNotOwned(reply)) {
                  tracked.disowned();
                  continue; // its revocation or loss is about to be told, with what was committed
                }
                log(tracked, "read-back", reply);
                if (reply instanceof Reply.Ok<Position> held) {
                  tracked.heard(held.value());
                }
                all &= reply.isOk();
              }
              return all;
            });
  }

  private static boolean isNotOwned(Reply<?> reply) {
    return reply instanceof Reply.Failed<?> failed && failed.cause() instanceof NotOwnedException;
  }

  private <T> Future<Answers<T>> asked(Supplier<Future<Map<Partition, Reply<T>>>> question) {
    Future<Map<Partition, Reply<T>>> answer;
    try {
      answer = question.get();
    } catch (RuntimeException failure) {
      answer = Future.failedFuture(failure);
    }
    return environment
        .loop()
        .enter(answer)
        .map(replies -> new Answers<>(replies, null))
        .otherwise(failure -> new Answers<>(Map.of(), failure));
  }

  /** The first of a row of troubles is logged with its cause, and so is their end. */
  private void log(TrackedPartition tracked, String question, Reply<?> reply) {
    if (reply.isOk() == !troubled) {
      return;
    }
    troubled = !reply.isOk();
    Throwable cause =
        reply instanceof Reply.Failed<?> failed
            ? failed.cause()
            : reply instanceof Reply.Unknown<?> unknown ? unknown.cause() : null;
    LOG.atLevel(troubled ? Level.WARN : Level.INFO)
        .addKeyValue("pipeline", environment.pipeline())
        .addKeyValue("source", tracked.partition().source())
        .setCause(cause)
        .log(troubled ? question + " not confirmed; it is tried again" : question + " confirmed");
  }
}
