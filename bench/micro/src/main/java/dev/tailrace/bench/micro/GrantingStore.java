package dev.tailrace.bench.micro;

import dev.tailrace.idempotency.ClaimAnswer;
import dev.tailrace.idempotency.IdempotencyStore;
import dev.tailrace.message.Fence;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.Collections;
import java.util.List;

/** A store that grants whatever it is asked for, and remembers nothing. */
final class GrantingStore implements IdempotencyStore {
  private long token;

  @Override
  public Grade grade() {
    return Grade.B;
  }

  @Override
  public Future<Void> open() {
    return Future.succeededFuture();
  }

  @Override
  public Future<List<Reply<ClaimAnswer>>> claim(List<ClaimRequest> requests) {
    return Future.succeededFuture(requests.stream().map(this::grant).toList());
  }

  private Reply<ClaimAnswer> grant(ClaimRequest request) {
    return Reply.ok(ClaimAnswer.won(new Fence(request.key(), request.claimId(), ++token), 0, 0));
  }

  @Override
  public Future<List<Reply<Boolean>>> complete(List<Completion> completions) {
    return yes(completions);
  }

  @Override
  public Future<List<Reply<Boolean>>> renew(List<Fence> fences) {
    return yes(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> markAlone(List<Fence> fences) {
    return yes(fences);
  }

  @Override
  public Future<List<Reply<Boolean>>> release(List<ReleaseRequest> releases) {
    return yes(releases);
  }

  private static Future<List<Reply<Boolean>>> yes(List<?> items) {
    return Future.succeededFuture(Collections.nCopies(items.size(), Reply.ok(true)));
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
