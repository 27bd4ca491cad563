package dev.tailrace.redis.store;

import dev.tailrace.fuzz.FuzzBytes;
import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.message.Fence;
import dev.tailrace.redis.FuzzResponse;
import dev.tailrace.runtime.Reply;
import java.time.Duration;
import java.util.List;

/** Answers of the store: each is one that there is, of its request, or the whole is unknown. */
public final class StoreAnswerFuzz {
  private static final List<ClaimRequest> REQUESTS = List.of(request("one"), request("two"));

  private StoreAnswerFuzz() {}

  /** An answer in the shapes of {@link FuzzResponse}. */
  public static void fuzzerTestOneInput(byte[] input) {
    List<Reply<ClaimAnswer>> answers;
    try {
      answers =
          ScriptedOperations.claims(FuzzResponse.of(new FuzzBytes(input)), REQUESTS).answers();
    } catch (RuntimeException unreadable) { // as the link takes it: the answer is unknown
      return;
    }
    for (int i = 0; i < REQUESTS.size(); i++) {
      ClaimAnswer answer = ((Reply.Ok<ClaimAnswer>) answers.get(i)).value();
      Fence fence = answer.fence();
      if (fence != null && !fence.key().equals(REQUESTS.get(i).key())) {
        throw new IllegalStateException("another's fence: " + answer);
      }
      if (answer.attempts() < 0 || answer.suspicions() < 0 || answer.remaining().isNegative()) {
        throw new IllegalStateException("less than nothing: " + answer);
      }
    }
  }

  private static ClaimRequest request(String key) {
    return new ClaimRequest(key, "claim-" + key, "owner", "00ff", Duration.ofSeconds(9));
  }
}
