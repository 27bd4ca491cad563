package dev.tailrace.redis.stream;

import dev.tailrace.observe.Alarm;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.LinkStatus;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import dev.tailrace.source.SourceStatus.PartitionStatus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Redis Streams as one consumer of a group. Belongs to its loop.
 *
 * <p>Each stream is one partition, epoch 1, from {@link #open} to {@link #close}. Two connections,
 * in a cluster for each slot: one waits for new entries, the other does everything else. An entry
 * is pending for this consumer from its reading until its acknowledgement is confirmed; meanwhile
 * {@link Renewal} keeps it from being taken, and {@link PendingRecovery} finds what an outage or
 * another's death left behind.
 */
final class RedisStreamSource implements Source {
  private static final int EPOCH = 1;

  private final SourceEnvironment environment;
  private final RedisSourceConfig config;
  private final KeyLinks commands;
  private final KeyLinks reads;
  private final StreamGroup group;
  private final Map<String, ConsumedStream> streams = new LinkedHashMap<>(); // filled once
  private final Acknowledgements acknowledgements;
  private final HandBack handBack;
  private final NameGuard guard;
  private final Backlog backlog;
  private final Trimming trimming;
  private final StreamEnds ends;
  private @Nullable Parts parts; // event loop only: from open on
  private @Nullable Future<Void> opened; // event loop only
  private @Nullable Future<Void> closed; // event loop only
  private boolean consuming; // event loop only

  /** What needs the pool's intake. */
  private record Parts(
      Map<Link, StreamReader> readers,
      PendingRecovery recovery,
      Renewal renewal,
      GivenBack givenBack) {}

  /** Of messages as they are. */
  RedisStreamSource(Vertx vertx, RedisSourceConfig config, SourceEnvironment environment) {
    this(vertx, config, environment, EntryForm.MESSAGE);
  }

  /** Connects nothing; {@code form} is what its entries are to the pipeline. */
  RedisStreamSource(
      Vertx vertx, RedisSourceConfig config, SourceEnvironment environment, EntryForm form) {
    this.environment = environment;
    this.config = config;
    this.commands = new KeyLinks(vertx, environment.loop(), config.redis(), new CommandEvents());
    this.reads = new KeyLinks(vertx, environment.loop(), config.redis(), new ReadEvents());
    this.group = new StreamGroup(config, environment, commands, form);
    this.acknowledgements = new Acknowledgements(group, streams.values());
    this.handBack = new HandBack(group, streams.values());
    this.backlog = new Backlog(group, streams.values());
    this.trimming = new Trimming(group, streams.values());
    this.ends = new StreamEnds(group);
    this.guard = new NameGuard(group, streams.values(), this::readOn);
    for (String name : config.streams()) {
      Partition partition = new Partition(name, EPOCH);
      streams.put(name, new ConsumedStream(partition, acknowledgements::due, this::isOurs));
    }
  }

  @Override
  public String name() {
    return "redis " + config.describe();
  }

  @Override
  public Future<Void> open(Intake intake) {
    assert environment.loop().inLoop();
    if (opened == null) {
      parts = connect(intake);
      opened =
          commands
              .open(config.streams())
              .compose(up -> StreamAccess.check(commands, config))
              .compose(fit -> createGroups())
              .compose(made -> ends.note())
              .compose(noted -> guard.take())
              .compose(ours -> reads.open(config.streams()))
              .onSuccess(up -> consume(intake));
    }
    return opened;
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {
    assert environment.loop().inLoop();
    ConsumedStream stream = streams.get(partition.source());
    if (stream != null && stream.partition().equals(partition)) {
      stream.grant(messages, bytes);
      if (stream.mayTake()) {
        readOn();
      }
    }
  }

  @Override
  public Future<Void> closeIntake() {
    assert environment.loop().inLoop();
    group.close(false);
    if (parts == null) {
      return Future.succeededFuture();
    }
    List<Future<?>> ends = new ArrayList<>();
    parts.readers().values().forEach(reader -> ends.add(reader.stop()));
    ends.add(parts.recovery().stop());
    return Future.join(ends).mapEmpty();
  }

  @Override
  public Future<Flush> flush() {
    assert environment.loop().inLoop();
    return acknowledgements.flush();
  }

  @Override
  public Future<Flush> giveBack() {
    assert environment.loop().inLoop();
    return handBack.giveBack();
  }

  @Override
  public Future<Void> close() {
    assert environment.loop().inLoop();
    if (closed == null) {
      group.close(true);
      if (parts != null) {
        parts.recovery().stop();
        parts.renewal().stop();
        parts.givenBack().stop();
      }
      backlog.stop();
      trimming.stop();
      Future<Void> left = handBack.leave().transform(done -> guard.giveBack());
      closed =
          reads
              .close()
              .transform(done -> left)
              .transform(done -> commands.close())
              .otherwiseEmpty();
    }
    return closed;
  }

  @Override
  public Future<Boolean> atEnd() {
    assert environment.loop().inLoop();
    return ends.reached();
  }

  @Override
  public SourceStatus status() {
    LinkStatus links = commands.status().with(reads.status());
    String error = links.error();
    long now = environment.loop().wall().toEpochMilli();
    List<PartitionStatus> partitions =
        consuming
            ? streams.values().stream()
                .map(stream -> stream.status(backlog.of(stream), now))
                .toList()
            : List.of();
    return new SourceStatus(
        links.connected(), links.since(), error != null ? error : group.refusal(), partitions);
  }

  private Parts connect(Intake intake) {
    Arrivals arrivals = new Arrivals(group, intake);
    PendingRecovery recovery =
        new PendingRecovery(group, arrivals, streams.values(), this::isReading, this::readOn);
    return new Parts(
        readers(arrivals, recovery),
        recovery,
        new Renewal(group, arrivals, streams.values()),
        new GivenBack(group, streams.values(), recovery::look));
  }

  /** One for each connection over which something is read. */
  private Map<Link, StreamReader> readers(Arrivals arrivals, PendingRecovery recovery) {
    Map<Link, Map<String, ConsumedStream>> over = new LinkedHashMap<>();
    streams.forEach(
        (name, stream) ->
            over.computeIfAbsent(reads.of(name), link -> new LinkedHashMap<>()).put(name, stream));
    Map<Link, StreamReader> readers = new LinkedHashMap<>();
    over.forEach(
        (link, its) -> readers.put(link, new StreamReader(group, link, arrivals, recovery, its)));
    return readers;
  }

  /** Nobody takes what was ours so short a time ago. */
  private boolean isOurs(long knownAt) {
    return environment.loop().nanos() - knownAt < config.claimIdle().toNanos();
  }

  private boolean isReading(ConsumedStream stream) {
    return parts != null
        && parts.readers().values().stream().anyMatch(reader -> reader.isReading(stream));
  }

  private void readOn() {
    if (parts != null && consuming) {
      parts.recovery().run();
      parts.readers().values().forEach(StreamReader::read);
    }
  }

  private Future<Void> createGroups() {
    Future<Void> made = Future.succeededFuture();
    for (ConsumedStream stream : streams.values()) {
      made = made.compose(before -> group.create(stream));
    }
    return made;
  }

  private void consume(Intake intake) {
    Parts running = parts;
    if (running == null || group.isClosing()) {
      return;
    }
    consuming = true;
    List<Partition> partitions = streams.values().stream().map(ConsumedStream::partition).toList();
    for (Partition partition : partitions) {
      environment
          .events()
          .assigned(environment.pipeline(), partition.source(), partition.epoch(), "");
    }
    running.renewal().start();
    backlog.start();
    trimming.start();
    intake.assigned(partitions);
    running.recovery().start();
    running.givenBack().start();
  }

  /** The connection for commands came or went. */
  private final class CommandEvents implements KeyLinks.Events {
    @Override
    public void up(Link link) {
      if (parts != null && consuming) {
        parts.renewal().renew();
        parts
            .recovery()
            .answerLost(
                streams.values().stream()
                    .filter(stream -> group.commands(stream).equals(link))
                    .toList());
        acknowledgements.reconnected();
      }
    }

    @Override
    public void down(Link link, String why) {
      if (consuming) {
        environment
            .events()
            .alarm(
                environment.pipeline(),
                config.describe(),
                Alarm.UNREACHABLE,
                config.redis() + ": " + why);
      }
    }
  }

  /** The connection for reads came or went. */
  private final class ReadEvents implements KeyLinks.Events {
    @Override
    public void up(Link link) {
      StreamReader reader = parts == null ? null : parts.readers().get(link);
      if (reader != null) {
        reader.connected();
      }
    }
  }
}
