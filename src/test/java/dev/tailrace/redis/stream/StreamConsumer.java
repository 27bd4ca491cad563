package dev.tailrace.redis.stream;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.redis.EventLoop;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.Source.Flush;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One consumer of a group in a test: a source with its intake, called from outside its loop. */
public final class StreamConsumer implements PoolEvents {
  private final EventLoop loop;
  private final RecordingIntake intake;
  private final Source source;
  private final List<String> alarms = new ArrayList<>(); // event loop only
  private final List<String> committed = new ArrayList<>(); // event loop only
  private final List<String> ownership = new ArrayList<>(); // event loop only

  public StreamConsumer(
      EventLoop loop, RedisSourceConfig config, String instance, RecordingIntake intake) {
    this(loop, config, EntryForm.MESSAGE, instance, intake);
  }

  private StreamConsumer(
      EventLoop loop,
      RedisSourceConfig config,
      EntryForm form,
      String instance,
      RecordingIntake intake) {
    this.loop = loop;
    this.intake = intake;
    this.source =
        loop.get(
            () -> {
              SourceEnvironment environment =
                  new SourceEnvironment("payments", instance, 0, loop.loop(), this);
              return form == EntryForm.MESSAGE
                  ? config.source(environment)
                  : new RedisStreamSource(loop.vertx(), config, environment, form);
            });
  }

  /** A consumer that holds what it gets. */
  public static StreamConsumer holding(EventLoop loop, RedisSourceConfig config, String instance) {
    return new StreamConsumer(loop, config, instance, new RecordingIntake(1_000)).open();
  }

  /** A consumer that holds what it gets, without a store that remembers starts. */
  public static StreamConsumer withoutStore(
      EventLoop loop, RedisSourceConfig config, String instance) {
    return new StreamConsumer(loop, config, instance, new RecordingIntake(1_000).withoutStore())
        .open();
  }

  /** A consumer that finishes what it gets at once. */
  public static StreamConsumer finishing(
      EventLoop loop, RedisSourceConfig config, String instance) {
    return new StreamConsumer(loop, config, instance, new RecordingIntake(1_000, Delivery::settle))
        .open();
  }

  /** A consumer of what was put off and is due, that holds what it gets. */
  public static StreamConsumer ofDue(EventLoop loop, RedisTierConfig tier, String instance) {
    RecordingIntake intake = new RecordingIntake(1_000);
    return new StreamConsumer(loop, tier.reading(), EntryForm.RETRY, instance, intake).open();
  }

  public StreamConsumer open() {
    loop.await(() -> intake.open(source));
    return this;
  }

  public Source source() {
    return source;
  }

  /** The bodies of all that came, in order. */
  public List<String> bodies() {
    return loop.get(
        () -> intake.accepted.stream().map(delivery -> text(delivery.message().body())).toList());
  }

  /** All that came. */
  public List<Delivery> accepted() {
    return loop.get(() -> List.copyOf(intake.accepted));
  }

  /** All that came; in a turn of the loop. */
  public List<Delivery> acceptedNow() {
    return List.copyOf(intake.accepted);
  }

  /** What was reported as taken by others. */
  List<Delivery> stolen() {
    return loop.get(() -> List.copyOf(intake.stolen));
  }

  public List<String> alarms() {
    return loop.get(() -> List.copyOf(alarms));
  }

  List<String> committed() {
    return loop.get(() -> List.copyOf(committed));
  }

  /** What is assigned now. */
  public List<Partition> assigned() {
    return loop.get(() -> List.copyOf(intake.assigned));
  }

  /** What was told of partitions: {@code assigned payments:0}. */
  List<String> ownership() {
    return loop.get(() -> List.copyOf(ownership));
  }

  public SourceStatus status() {
    return loop.get(source::status);
  }

  void credit(int messages) {
    loop.run(() -> intake.credit(messages));
  }

  public void each(Consumer<Delivery> action) {
    loop.run(() -> List.copyOf(intake.accepted).forEach(action));
  }

  public Flush flush() {
    return loop.await(source::flush);
  }

  Flush giveBack() {
    return loop.await(source::giveBack);
  }

  /** The source's part of a drain, in its order. */
  public Flush drain() {
    loop.await(source::closeIntake);
    each(Delivery::release);
    loop.await(source::flush);
    Flush given = giveBack();
    loop.await(source::close);
    return given;
  }

  /** Leaves without giving anything back, as a process that dies; the connections end. */
  public void die() {
    loop.await(source::close);
  }

  @Override
  public void alarm(String pipeline, String of, Alarm kind, String detail) {
    alarms.add(kind.label());
  }

  @Override
  public void committed(String pipeline, String of, int epoch, String position) {
    committed.add(position);
  }

  @Override
  public void assigned(String pipeline, String of, int epoch, String position) {
    ownership.add("assigned " + of);
  }

  @Override
  public void revoked(String pipeline, String of, int epoch, String commit) {
    ownership.add("revoked " + of + " " + commit);
  }

  @Override
  public void lost(String pipeline, String of, int epoch) {
    ownership.add("lost " + of);
  }

  private static String text(@Nullable Buffer body) {
    return body == null ? "" : body.toString();
  }
}
