package dev.tailrace.redis;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.source.UnfitException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims in Redis: one packed string per key, each list of operations one script, so that every
 * answer is decided on the server, by its clock, in one round trip. Grade B. Belongs to its loop.
 *
 * <p>A record that is not finished outlives its lease by far, so that attempts and suspicions are
 * still known when the message comes again; a finished one stays as long as its completion says.
 * The fence is at least the server's time in microseconds, so it grows even where the record of the
 * last claim is gone.
 */
public final class RedisIdempotencyStore implements IdempotencyStore {
  /** How long a record stays that is claimed or was given back. */
  private static final Duration UNFINISHED_RETENTION = Duration.ofDays(7);

  private static final String RECORD = "record.lua";
  private static final RedisScript CLAIM =
      RedisScript.load(RECORD, StoreCanary.SCRIPT, "claim.lua");
  private static final RedisScript COMPLETE = RedisScript.load(RECORD, "complete.lua");
  private static final RedisScript RENEW = RedisScript.load(RECORD, "renew.lua");
  private static final RedisScript ALONE = RedisScript.load(RECORD, "alone.lua");
  private static final RedisScript RELEASE = RedisScript.load(RECORD, "release.lua");

  private static final Logger LOG = LoggerFactory.getLogger(RedisIdempotencyStore.class);

  private final RedisLink link;
  private final RedisConfig config;
  private final String namespace;
  private final String prefix;
  private final StoreCanary canary;

  /**
   * Makes a store; connects nothing.
   *
   * @param namespace before all keys: they are {@code <namespace>:idempotency:<key>}
   */
  public RedisIdempotencyStore(Vertx vertx, Loop loop, RedisConfig config, String namespace) {
    this.link = new RedisLink(vertx, loop, config, new RedisLink.Events() {});
    this.config = config;
    this.namespace = namespace;
    this.prefix = namespace + ":idempotency:";
    this.canary = new StoreCanary(loop, link, namespace + ":idempotency-canary");
  }

  @Override
  public Grade grade() {
    return Grade.B;
  }

  @Override
  public String label() {
    return "redis";
  }

  @Override
  public void onMemory(LongConsumer listener) {
    canary.onMemory(listener);
  }

  @Override
  public void onLoss(Consumer<String> listener) {
    canary.onLoss(listener);
  }

  /**
   * Completes when the server answers and is fit: a server that may evict records is refused, one
   * without an append-only file is warned of. Goes on trying while there is no answer.
   */
  @Override
  public Future<Void> open() {
    return link.open()
        .compose(connected -> ServerInfo.of(link))
        .compose(this::check)
        .compose(fit -> canary.start());
  }

  @Override
  public Optional<Connection> connection() {
    LinkStatus status = link.status();
    return Optional.of(
        new Connection(
            "redis idempotency " + namespace, status.connected(), status.since(), status.error()));
  }

  @Override
  public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
    if (requests.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    RedisScript.Call call = CLAIM.call().key(canary.key()).arg(UNFINISHED_RETENTION.toMillis());
    for (ClaimRequest request : requests) {
      call.key(prefix + request.key())
          .arg(request.claimId())
          .arg(request.owner())
          .arg(digest(request.payloadHash()))
          .arg(request.lease().toMillis());
    }
    return link.run(call, answer -> claims(answer, requests)).map(reply -> won(reply, requests));
  }

  /** What is told before the claims that were won in a store that has forgotten others. */
  private List<Reply<ClaimAnswer>> won(Reply<Claims> reply, List<ClaimRequest> requests) {
    if (reply instanceof Reply.Ok<Claims> ok) {
      canary.saw(ok.value().since());
      return ok.value().answers();
    }
    return same(reply, requests.size());
  }

  /**
   * An answer to claims.
   *
   * @param since when the store remembers
   */
  record Claims(long since, List<Reply<ClaimAnswer>> answers) {}

  /** Reads the answer to claims; fails where it is none. */
  static Claims claims(@Nullable Response answer, List<ClaimRequest> requests) {
    if (answer == null || answer.size() != requests.size() + 1) {
      throw new IllegalStateException("an answer of another length");
    }
    List<Reply<ClaimAnswer>> replies = new ArrayList<>(requests.size());
    for (int i = 0; i < requests.size(); i++) {
      replies.add(Reply.ok(claimed(requests.get(i), answer.get(i + 1))));
    }
    return new Claims(least(answer.get(0).toLong(), answer), replies);
  }

  @Override
  public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
    RedisScript.Call call = COMPLETE.call();
    for (Completion completion : completions) {
      call.key(prefix + completion.fence().key())
          .arg(completion.fence().token())
          .arg(completion.dead() ? 1 : 0)
          .arg(Math.max(completion.retention().toMillis(), 1));
    }
    return run(call, completions, RedisIdempotencyStore::yes);
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return ofFences(RENEW, fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return ofFences(ALONE, fences);
  }

  private Future<List<Reply<Boolean>>> ofFences(RedisScript script, List<Fence> fences) {
    RedisScript.Call call = script.call().arg(UNFINISHED_RETENTION.toMillis());
    for (Fence fence : fences) {
      call.key(prefix + fence.key()).arg(fence.token());
    }
    return run(call, fences, RedisIdempotencyStore::yes);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    RedisScript.Call call = RELEASE.call().arg(UNFINISHED_RETENTION.toMillis());
    for (ReleaseRequest release : releases) {
      call.key(prefix + release.key())
          .arg(release.claimId())
          .arg(release.token())
          .arg(release.why() == Why.FAILED ? 1 : 0);
    }
    return run(call, releases, RedisIdempotencyStore::yes);
  }

  @Override
  public Future<Void> close() {
    canary.stop();
    return link.close();
  }

  private <T, R> Future<List<Reply<R>>> run(
      RedisScript.Call call, List<T> items, BiFunction<T, Response, R> reader) {
    if (items.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return link.run(call, response -> read(response, items, reader))
        .map(reply -> spread(reply, items.size()));
  }

  private static <T, R> List<Reply<R>> read(
      @Nullable Response response, List<T> items, BiFunction<T, Response, R> reader) {
    if (response == null || response.size() != items.size()) {
      throw new IllegalStateException("an answer of another length");
    }
    List<Reply<R>> replies = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      replies.add(Reply.ok(reader.apply(items.get(i), response.get(i))));
    }
    return replies;
  }

  /** A script runs whole or not at all, so what is true of it is true of each of its items. */
  private static <R> List<Reply<R>> spread(Reply<List<Reply<R>>> reply, int size) {
    if (reply instanceof Reply.Ok<List<Reply<R>>> ok) {
      return ok.value();
    }
    return same(reply, size);
  }

  private static <R> List<Reply<R>> same(Reply<?> reply, int size) {
    Throwable cause = Objects.requireNonNull(reply.cause(), "no answer, and no cause");
    Reply<R> each = reply.isUnknown() ? Reply.unknown(cause) : Reply.failed(cause);
    return Collections.nCopies(size, each);
  }

  private static ClaimAnswer claimed(ClaimRequest request, Response answer) {
    return switch (answer.get(0).toInteger()) {
      case 0 ->
          ClaimAnswer.won(
              new Fence(request.key(), request.claimId(), answer.get(1).toLong()),
              count(answer, 2),
              count(answer, 3));
      case 1 -> ClaimAnswer.of(ClaimAnswer.Kind.DONE);
      case 2 -> ClaimAnswer.of(ClaimAnswer.Kind.DEAD);
      case 3 -> ClaimAnswer.busy(Duration.ofMillis(least(answer.get(4).toLong(), answer)));
      case 4 -> ClaimAnswer.of(ClaimAnswer.Kind.MISMATCH);
      default -> throw new IllegalStateException("a claim answered with " + answer);
    };
  }

  private static int count(Response answer, int index) {
    return Math.toIntExact(least(answer.get(index).toLong(), answer));
  }

  private static long least(long number, Response answer) {
    if (number < 0) {
      throw new IllegalStateException("a claim answered with " + answer);
    }
    return number;
  }

  private static boolean yes(Object item, Response answer) {
    return answer.toInteger() == 1;
  }

  private Future<Void> check(Optional<ServerInfo> info) {
    String policy = info.map(ServerInfo::evictionPolicy).orElse("");
    if (!policy.isEmpty() && !policy.equals("noeviction")) {
      return Future.failedFuture(
          new UnfitException(
              config
                  + " may evict idempotency records (maxmemory-policy "
                  + policy
                  + "): a message would be processed again; set it to noeviction"));
    }
    if (policy.isEmpty()) {
      LOG.warn("{} does not tell how it is configured; it must not evict records", config);
    } else if (info.filter(ServerInfo::lacksAppendOnlyFile).isPresent()) {
      LOG.warn(
          "{} keeps no append-only file: a crash of it forgets finished messages, which may then be"
              + " processed again",
          config);
    }
    return Future.succeededFuture();
  }

  /** Half as long as its hex, which matters over millions of records. */
  private static byte[] digest(String hex) {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      return hex.getBytes(StandardCharsets.UTF_8); // any text tells payloads apart
    }
  }
}
