package dev.tailrace.redis.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.ClaimAnswer.Kind;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.ClaimConfig.WhenUnavailable;
import dev.tailrace.idempotency.Claimant;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Claims keys as a consumer does, marks each as finished, and keeps what was confirmed. */
public final class StoreLoad {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String HASH = "ab".repeat(32);
  private static final Claimant INDIFFERENT =
      new Claimant() {
        @Override
        public void lost() {}

        @Override
        public boolean wanted() {
          return true;
        }
      };

  private final EventLoop loop;
  private final IdempotencyStore store;
  private final ClaimClient client;
  private final Map<String, Fence> confirmed = new HashMap<>(); // event loop only
  private final Set<String> held = new HashSet<>(); // event loop only
  private final List<String> twice = new ArrayList<>(); // event loop only
  private final AtomicInteger finished = new AtomicInteger();
  private boolean stopped; // event loop only
  private int running; // event loop only
  private int next; // event loop only

  public StoreLoad(EventLoop loop, IdempotencyStore store, String owner) {
    this.loop = loop;
    this.store = store;
    ClaimConfig config =
        ClaimConfig.of(owner, Duration.ofSeconds(9), Duration.ofHours(1), WhenUnavailable.PAUSE);
    this.client = loop.get(() -> new ClaimClient(loop.loop(), store, config));
  }

  /** Finishes so many keys; returns when all are confirmed. */
  public void finish(String prefix, int keys) {
    int until = finished() + keys;
    loop.run(
        () -> {
          for (int i = 0; i < keys; i++) {
            one(prefix + i, () -> {});
          }
        });
    awaitFinished(until);
  }

  /** So many keys at a time, one after the other until {@link #stop}. */
  public void start(int atOnce) {
    start(atOnce, "key");
  }

  /** As {@link #start(int)}; what the keys begin with. */
  public void start(int atOnce, String prefix) {
    loop.run(
        () -> {
          for (int i = 0; i < atOnce; i++) {
            running++;
            another(prefix);
          }
        });
  }

  private void another(String prefix) {
    if (stopped) {
      running--;
    } else {
      one(prefix + next++, () -> another(prefix));
    }
  }

  private void one(String key, Runnable then) {
    client.claim(key, HASH, INDIFFERENT).onSuccess(reply -> claimed(key, reply, then));
  }

  private void claimed(String key, Reply<ClaimAnswer> reply, Runnable then) {
    ClaimAnswer answer = ((Reply.Ok<ClaimAnswer>) reply).value();
    Fence fence = answer.fence();
    if (fence == null) { // nobody else is there to have it
      twice.add(key + " is " + answer.kind());
      then.run();
      return;
    }
    if (!held.add(key)) {
      twice.add(key);
    }
    client
        .complete(fence, false)
        .onSuccess(
            marked -> {
              held.remove(key);
              if (marked.equals(Reply.ok(true))) {
                confirmed.put(key, fence);
                finished.incrementAndGet();
              }
              then.run();
            });
  }

  public int finished() {
    return finished.get();
  }

  public void awaitFinished(int keys) {
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(finished()).isGreaterThanOrEqualTo(keys));
  }

  /** Ends the load; returns when nothing is under way. */
  public void stop() {
    loop.run(() -> stopped = true);
    await().atMost(LIMIT).until(() -> loop.get(() -> running == 0));
  }

  /** Keys that somebody had twice at one time, or had although they were new. */
  public List<String> wonTwiceAtOnce() {
    return loop.get(() -> List.copyOf(twice));
  }

  /** What was confirmed to be finished, and is not known to be any more. */
  public List<Fence> forgotten() {
    List<Fence> all = loop.get(() -> List.copyOf(confirmed.values()));
    List<Fence> forgotten = new ArrayList<>();
    for (Fence fence : all) {
      IdempotencyStore.ClaimRequest again =
          new IdempotencyStore.ClaimRequest(
              fence.key(), "again-" + fence.claimId(), "checker", HASH, Duration.ofSeconds(9));
      Reply<ClaimAnswer> reply = loop.await(() -> asked(again));
      if (((Reply.Ok<ClaimAnswer>) reply).value().kind() != Kind.DONE) {
        forgotten.add(fence);
      }
    }
    return forgotten;
  }

  private Future<Reply<ClaimAnswer>> asked(IdempotencyStore.ClaimRequest request) {
    return store
        .claim(List.of(request))
        .compose(
            replies ->
                replies.get(0).isOk() ? Future.succeededFuture(replies.get(0)) : asked(request));
  }

  public void close() {
    loop.run(client::close);
  }
}
