package dev.tailrace.cli;

import dev.tailrace.app.Pipeline;
import dev.tailrace.message.Headers;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A topic or stream of one run of {@code bench}: made, filled, and gone at its end, also where the
 * process is told to stop. Main thread only.
 */
final class BenchTopic implements AutoCloseable {
  private static final int BATCH = 1_000;

  private final SinkFactory destination;
  private final WaitingLoop loop = new WaitingLoop();
  private final Thread atExit = new Thread(this::remove, "bench-removal");

  private BenchTopic(SinkFactory destination) {
    this.destination = destination;
  }

  /**
   * Makes it, and sends all messages.
   *
   * @throws CommandException where the broker does not take them
   */
  static BenchTopic filled(BenchSubject subject, BenchWork work, ProgressLine progress) {
    BenchTopic topic = new BenchTopic(subject.topic());
    Runtime.getRuntime().addShutdownHook(topic.atExit);
    try {
      topic.loop.call(() -> topic.destination.create(work.partitions()));
      topic.fill(work, subject.pipeline().knowsRepeats(), progress);
      return topic;
    } catch (RuntimeException failure) {
      topic.close();
      throw failure;
    }
  }

  String name() {
    return destination.destination();
  }

  private void fill(BenchWork work, boolean named, ProgressLine progress) {
    Sink sink = loop.call(() -> Future.succeededFuture(destination.sink(loop.loop())));
    loop.call(sink::open);
    try {
      Buffer body = Buffer.buffer(new byte[work.size()]);
      for (int sent = 0; sent < work.messages(); ) {
        List<OutgoingMessage> batch = new ArrayList<>();
        for (int i = 0; i < Math.min(BATCH, work.messages() - sent); i++) {
          int number = sent + i;
          batch.add(
              new OutgoingMessage(
                  Buffer.buffer("key-" + number % work.keys()), body, headers(number, named)));
        }
        loop.call(() -> sink.send(batch)).forEach(BenchTopic::confirm);
        sent += batch.size();
        int done = sent;
        progress.show(() -> ProgressLine.bar("fill " + name(), done, work.messages()));
      }
    } finally {
      loop.call(sink::close);
    }
  }

  private Headers headers(int number, boolean named) {
    return named
        ? Headers.empty().with(Pipeline.TRIAL_KEY, name() + "/" + number)
        : Headers.empty();
  }

  private static void confirm(Reply<Sink.Sent> reply) {
    Throwable cause = reply.cause();
    if (cause != null) {
      throw new CommandException(ExitCode.UNREACHABLE, "cannot fill the topic: " + cause, cause);
    }
  }

  private void remove() {
    loop.call(() -> destination.remove(loop.loop()));
  }

  @Override
  public void close() {
    try {
      remove();
    } finally {
      Runtime.getRuntime().removeShutdownHook(atExit);
      loop.close();
    }
  }
}
