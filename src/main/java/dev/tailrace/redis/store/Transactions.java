package dev.tailrace.redis.store;

import dev.tailrace.redis.link.Answers;
import dev.tailrace.redis.store.StoredRecord.Moment;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Transactions where we may run no scripts: keys are watched and read, what is to be written is
 * decided here, and written where nobody else has written any of them meanwhile; else all begins
 * anew. Belongs to the store's loop.
 */
interface Transactions {
  /** Tries at one transaction; each that is lost was won by somebody else. */
  int MOST_TRIES = 100;

  /** How many records may be in one. */
  int mostRecords();

  /**
   * Carries out one.
   *
   * @param keys that are watched and read
   * @param rule what is to be done with what was seen; called again where that has changed
   */
  <R> Future<Reply<R>> run(List<String> keys, Function<Seen, Decision<R>> rule);

  /** Tried too often. */
  static <R> Reply<R> contended() {
    return Reply.unknown(new IllegalStateException("others write the same keys all the time"));
  }

  /**
   * What was read before a decision.
   *
   * @param run id of the server, or ""
   * @param micros the server's time, later than all that was read
   * @param values by key
   */
  record Seen(String run, long micros, Map<String, Reply<@Nullable Response>> values) {
    Reply<@Nullable Response> value(String key) {
      return Objects.requireNonNull(values.get(key));
    }

    /** A record, which may be missing, or no record of ours. */
    Reply<@Nullable StoredRecord> record(String key) {
      return Answers.read(
          value(key), packed -> StoredRecord.read(packed == null ? null : packed.toBytes()));
    }

    Moment moment() {
      return new Moment(micros, StoreKeys.UNFINISHED_RETENTION.toMillis());
    }
  }

  /**
   * What is to be done.
   *
   * @param writes none where all stays as it is
   * @param reader of the answers to MULTI, the writes and EXEC; empty where somebody else has
   *     written meanwhile
   * @param kept what it comes to where all stays as it is
   */
  record Decision<R>(
      List<Request> writes, Function<Answers, Reply<Optional<R>>> reader, @Nullable Reply<R> kept) {
    /** All stays as it is. */
    static <R> Decision<R> keep(Reply<R> answer) {
      return new Decision<>(List.of(), any -> Reply.unknown(new IllegalStateException()), answer);
    }

    /** Writes, all of it or nothing, and then answers. */
    static <R> Decision<R> write(List<Request> writes, R answer) {
      return new Decision<>(writes, answers -> executed(answers, answer), null);
    }
  }

  /** What is refused before EXEC makes that refuse, too. */
  private static <R> Reply<Optional<R>> executed(Answers answers, R answer) {
    for (Reply<@Nullable Response> reply : answers.replies()) {
      if (!reply.isOk()) {
        return WatchedOperations.same(reply);
      }
    }
    return Answers.read(
        answers.last(), executed -> isExecuted(executed) ? Optional.of(answer) : Optional.empty());
  }

  private static boolean isExecuted(@Nullable Response executed) {
    if (executed == null) {
      return false;
    }
    for (Response each : executed) {
      if (each != null && each.type() == ResponseType.ERROR) {
        throw new IllegalStateException("within a transaction: " + each);
      }
    }
    return true;
  }
}
