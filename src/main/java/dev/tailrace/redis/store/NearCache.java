package dev.tailrace.redis.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Loop;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies of what this store has itself marked as done, and was confirmed: whoever claims such a key
 * again for the same payload need not ask the server. Belongs to its loop.
 *
 * <p>Nothing else is copied: what is dead or claimed may become something else on the server. A
 * copy ends no later than its record, since its time runs from before the claim; and with the
 * connection, since nobody knows how much the next server has lost.
 */
final class NearCache {
  private final Loop loop;
  private final int limit;
  private final @Nullable Cache<String, Copy> done; // null where none is kept
  private final Map<String, Won> won = new LinkedHashMap<>(); // event loop only; oldest first

  /**
   * A cache of at most so many keys.
   *
   * @param entries done keys, and as many that are claimed; 0 for none
   */
  NearCache(Loop loop, int entries) {
    this.loop = loop;
    this.limit = entries;
    this.done =
        entries == 0
            ? null
            : Caffeine.newBuilder().maximumSize(entries).executor(Runnable::run).build();
  }

  /** A claim that was won, and how long ago at least. */
  private record Won(long token, String payloadHash, long askedAt) {}

  /** A key that is done, and until when the server knows that at least. */
  private record Copy(String payloadHash, long until) {}

  /** Whether it is known that the server would answer done. */
  boolean knows(ClaimRequest request) {
    Copy copy = done == null ? null : done.getIfPresent(request.key());
    if (done == null || copy == null || !copy.payloadHash.equals(request.payloadHash())) {
      return false;
    }
    if (copy.until - loop.nanos() <= 0) {
      done.invalidate(request.key());
      return false;
    }
    return true;
  }

  /**
   * A claim was won.
   *
   * @param askedAt when the server was asked, or before
   */
  void won(ClaimRequest request, Fence fence, long askedAt) {
    if (done == null) {
      return;
    }
    won.remove(fence.key()); // to its new place at the end
    won.put(fence.key(), new Won(fence.token(), request.payloadHash(), askedAt));
    if (won.size() > limit) {
      Iterator<String> oldest = won.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** The server has confirmed that a key is done. */
  void done(Fence fence, Duration retention) {
    Won claim = won.get(fence.key());
    if (done != null && claim != null && claim.token == fence.token()) {
      won.remove(fence.key());
      done.put(fence.key(), new Copy(claim.payloadHash, claim.askedAt + retention.toNanos()));
    }
  }

  /** A claim ended in another way. */
  void ended(String key) {
    won.remove(key);
  }

  /** What is known may not be so any more. */
  void forget() {
    won.clear();
    if (done != null) {
      done.invalidateAll();
    }
  }
}
