package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;
import dev.tailrace.app.Pipeline;
import dev.tailrace.app.PoolIdentity;
import dev.tailrace.app.Tailrace;
import dev.tailrace.message.HandlerFactory;
import dev.tailrace.message.MessageHandler;
import dev.tailrace.message.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A pool with the pipeline's settings that reads until the end of the topic and drains then, by
 * itself.
 *
 * @param round of the run; each is a group of its own, and a store knows nothing of the ones before
 */
record PoolContender(BenchSubject subject, String topic, int round) implements BenchContender {
  private static final Future<Outcome> DONE = Future.succeededFuture(Outcome.done());

  @Override
  public String label() {
    return subject.name();
  }

  @Override
  public BenchWindow.Reading run(BenchWork work, ProgressLine progress) {
    BenchWindow window = new BenchWindow(work.messages());
    Vertx vertx = Vertx.vertx(EventLoops.options());
    try {
      Tailrace pool =
          Tailrace.builder(vertx)
              .identity(PoolIdentity.of(topic, "bench"))
              .add(pipeline(handler(window, work.each())))
              .build();
      var ended =
          pool.start()
              .compose(running -> pool.drained())
              .compose(
                  nearly -> pool.drain(nearly.trigger())) // joins it, and awaits its last phase
              .toCompletionStage()
              .toCompletableFuture();
      BenchWindow.Reading reading = window.watch(label(), ended, progress);
      check(ended.join(), window.count(), work.messages());
      return reading;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private Pipeline pipeline(HandlerFactory handler) {
    return subject
        .pipeline()
        .trial("bench-" + round, topic, topic + "-" + round, handler)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.FAILURE, "the source of " + label() + " cannot be measured"));
  }

  private static HandlerFactory handler(BenchWindow window, Duration work) {
    if (work.isZero()) {
      MessageHandler atOnce =
          (message, context) -> {
            window.done();
            return DONE;
          };
      return environment -> atOnce;
    }
    return environment -> {
      Vertx vertx = environment.vertx();
      MessageHandler later =
          (message, context) ->
              vertx
                  .timer(work.toMillis(), TimeUnit.MILLISECONDS)
                  .map(
                      over -> {
                        window.done();
                        return Outcome.done();
                      });
      return later;
    };
  }

  /** A figure of work that was not done, or not in order, is none. */
  private void check(DrainReport report, long calls, long messages) {
    if (report.result() != DrainReport.Result.CLEAN || calls != messages) {
      throw new CommandException(
          ExitCode.FAILURE,
          "%s was called %s times for %s, and its drain was %s"
              .formatted(
                  label(),
                  Phrases.count(calls),
                  Phrases.count(messages, "message"),
                  report.result().label()));
    }
  }
}
