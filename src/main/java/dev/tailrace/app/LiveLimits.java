package dev.tailrace.app;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * A change of a pipeline's limits while its work goes on, so that what the event log says holds at
 * every instant: higher limits are said before the first consumer goes by them, lower ones when the
 * last has come below them. Until then the earlier ones are in force.
 */
final class LiveLimits {
  private final PipelineLimits next;
  private final List<Consumer> consumers;
  private final Promise<Void> kept = Promise.promise();

  /**
   * Changes nothing before {@link #run}.
   *
   * @param next of the whole pipeline
   * @param consumers all of it, at least one
   */
  LiveLimits(PipelineLimits next, List<Consumer> consumers) {
    this.next = next;
    this.consumers = consumers;
  }

  /**
   * Changes them.
   *
   * @param next of the whole pipeline
   * @param verticles all of it; those that could not be made have nothing to change
   * @return completes when all go by them
   */
  static Future<Void> change(PipelineLimits next, List<ConsumerVerticle> verticles) {
    List<Consumer> made =
        verticles.stream()
            .map(ConsumerVerticle::consumer)
            .filter(Future::succeeded)
            .map(Future::result)
            .toList();
    return made.isEmpty() ? Future.succeededFuture() : new LiveLimits(next, made).run();
  }

  /** Completes when all go by them; one consumer speaks for all of the pipeline. */
  Future<Void> run() {
    Consumer first = consumers.get(0);
    return first.onLoop(() -> said(() -> first.widen(next))).compose(said -> apply(first));
  }

  /** Completes, on the first one's loop, when no consumer has more than the newest ones allow. */
  Future<Void> kept() {
    return kept.future();
  }

  private Future<Void> apply(Consumer first) {
    List<Future<Void>> taken = new ArrayList<>();
    List<Future<Void>> within = new ArrayList<>();
    for (Consumer consumer : consumers) {
      Promise<Void> mine = Promise.promise();
      within.add(mine.future());
      taken.add(
          consumer.onLoop(
              () -> {
                consumer.limit(next).onComplete(mine);
                return Future.succeededFuture();
              }));
    }
    Future.all(within)
        .onSuccess(
            all ->
                first
                    .loop()
                    .execute(
                        () -> {
                          first.narrow(next);
                          kept.complete();
                        }));
    return Future.all(taken).mapEmpty();
  }

  private static Future<Void> said(Runnable words) {
    words.run();
    return Future.succeededFuture();
  }
}
