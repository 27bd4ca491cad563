package dev.tailrace.redis.stream;

import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.redis.link.KeyLinks;
import dev.tailrace.redis.link.Lease;
import dev.tailrace.redis.link.Link;
import dev.tailrace.redis.link.LinkStatus;
import dev.tailrace.source.Intake;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.SourceStatus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream in shards, each read by one instance of the group at a time. Belongs to its loop.
 *
 * <p>A shard is a partition from the grant of its lease to its end; {@link ShardBalance} says how
 * many of them are ours. One that goes to another instance is handed over as a partition of Kafka's
 * is: what runs ends first, within the length of a lease, then it is acknowledged, then the lease
 * is given back. One whose lease has ended is lost. Two connections, in a cluster for each shard:
 * one waits for new entries, the other does everything else.
 */
final class ShardedStreamSource implements Source {
  /** Epochs grow within the process: a shard may come again, to another source of the pipeline. */
  private static final AtomicInteger EPOCHS = new AtomicInteger();

  private static final Logger LOG = LoggerFactory.getLogger(ShardedStreamSource.class);

  private final SourceEnvironment environment;
  private final PoolEvents events;
  private final RedisSourceConfig config;
  private final Shards shards;
  private final KeyLinks commands;
  private final KeyLinks reads;
  private final StreamGroup group;
  private final Map<Link, EntryWatch> watches = new LinkedHashMap<>(); // event loop only
  private final ShardBalance balance;
  private final Backlog backlog;
  private final Trimming trimming;
  private final StreamEnds ends;
  private final Map<String, OwnedShard> owned = new TreeMap<>(); // event loop only
  private final List<ConsumedStream> streams = new ArrayList<>(); // event loop only: of those owned
  private final List<OwnedShard> ended = new ArrayList<>(); // event loop only: not yet all settled
  private @Nullable Intake intake; // event loop only: from open on
  private @Nullable Future<Void> opened; // event loop only
  private @Nullable Future<Void> closed; // event loop only
  private boolean consuming; // event loop only

  ShardedStreamSource(
      Vertx vertx, RedisSourceConfig config, Shards shards, SourceEnvironment environment) {
    this.environment = environment;
    this.events = environment.events();
    this.config = config;
    this.shards = shards;
    this.commands = new KeyLinks(vertx, environment.loop(), config.redis(), new CommandEvents());
    this.reads = new KeyLinks(vertx, environment.loop(), config.redis(), new ReadEvents());
    this.group = new StreamGroup(config, environment, commands, EntryForm.MESSAGE);
    this.balance = new ShardBalance(group, shards, new Ownership());
    this.backlog = new Backlog(group, streams);
    this.trimming = new Trimming(group, streams);
    this.ends = new StreamEnds(group);
  }

  @Override
  public String name() {
    return "redis " + config.describe();
  }

  @Override
  public Future<Void> open(Intake pool) {
    assert environment.loop().inLoop();
    if (opened == null) {
      intake = pool;
      opened =
          connect()
              .compose(up -> StreamAccess.check(commands, config))
              .compose(fit -> balance.join())
              .compose(joined -> createGroups())
              .compose(made -> ends.note())
              .compose(noted -> reads.open(shards.names().subList(0, 1)))
              .onSuccess(up -> consume());
    }
    return opened;
  }

  @Override
  public void request(Partition partition, int messages, long bytes) {
    assert environment.loop().inLoop();
    OwnedShard shard = owned.get(partition.source());
    if (shard != null && shard.partition().equals(partition)) {
      shard.grant(messages, bytes);
    }
  }

  @Override
  public Future<Void> closeIntake() {
    assert environment.loop().inLoop();
    boolean joined = consuming && !group.isClosing();
    group.close(false);
    List<Future<?>> parts = new ArrayList<>();
    owned.values().forEach(shard -> parts.add(shard.closeIntake()));
    watches.values().forEach(watch -> parts.add(watch.stop()));
    if (joined) {
      Future<?> unused = balance.stop(); // others learn of it; nothing here depends on it
    }
    return Future.join(parts).mapEmpty();
  }

  @Override
  public Future<Flush> flush() {
    assert environment.loop().inLoop();
    prune();
    // Of what has gone to others the positions are theirs.
    Future<Flush> late = each(ended, OwnedShard::flush).map(Flush::withoutPositions);
    return each(owned.values(), OwnedShard::flush).compose(now -> late.map(now::plus));
  }

  @Override
  public Future<Flush> giveBack() {
    assert environment.loop().inLoop();
    return each(owned.values(), OwnedShard::giveBack);
  }

  @Override
  public Future<Void> close() {
    assert environment.loop().inLoop();
    if (closed == null) {
      Future<Void> quiet = closeIntake();
      group.close(true);
      backlog.stop();
      trimming.stop();
      List<Future<?>> parts = new ArrayList<>(List.of(quiet));
      owned.values().stream()
          .filter(shard -> commands.of(shard.name()).isUp())
          .forEach(shard -> parts.add(shard.release()));
      Future<?> left = Future.join(parts);
      for (OwnedShard shard : List.copyOf(owned.values())) {
        remove(shard);
        events.revoked(pipeline(), shard.name(), shard.partition().epoch(), "ok");
      }
      ended.forEach(OwnedShard::close);
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
    if (error == null) {
      error =
          owned.values().stream()
              .map(OwnedShard::refusal)
              .filter(refusal -> !refusal.isEmpty())
              .findFirst()
              .orElse(group.refusal());
    }
    long now = environment.loop().wall().toEpochMilli();
    return new SourceStatus(
        links.connected(),
        links.since(),
        error,
        owned.values().stream()
            .map(OwnedShard::stream)
            .map(stream -> stream.status(backlog.of(stream), now))
            .toList());
  }

  private Future<Void> connect() {
    List<String> keys = new ArrayList<>(shards.names());
    keys.add(ShardMembers.countKey(shards));
    return commands.open(keys);
  }

  /** Who tells of new entries of a shard; from now on. */
  private EntryWatch watch(String name) {
    Future<?> unused = reads.open(List.of(name));
    return watches.computeIfAbsent(
        reads.of(name),
        link -> {
          EntryWatch fresh = new EntryWatch(group, link, group.commands(name));
          if (link.isUp()) {
            fresh.connected();
          }
          return fresh;
        });
  }

  private Future<Void> createGroups() {
    Future<Void> made = Future.succeededFuture();
    for (String name : shards.names()) {
      ConsumedStream stream = new ConsumedStream(new Partition(name, 0), () -> {}, at -> false);
      made = made.compose(before -> group.create(stream));
    }
    return made;
  }

  private void consume() {
    if (!group.isClosing()) {
      consuming = true;
      balance.start();
      backlog.start();
      trimming.start();
    }
  }

  private void granted(String name, Lease lease) {
    Intake pool = intake;
    if (pool == null || group.isClosing()) {
      Future<?> unused = lease.release();
      return;
    }
    Partition partition = new Partition(name, EPOCHS.incrementAndGet());
    OwnedShard.Surroundings around =
        new OwnedShard.Surroundings(
            group, pool, watch(name), () -> lost(name, lease, "it has passed to another"));
    OwnedShard shard = new OwnedShard(partition, lease, around);
    owned.put(name, shard);
    streams.add(shard.stream());
    LOG.info("shard {} is ours, as {}", name, shard.consumer());
    events.assigned(pipeline(), name, partition.epoch(), "");
    pool.assigned(List.of(partition));
  }

  /** Hands a shard over; what runs has as long as its lease lasts. */
  private void giveUp(OwnedShard shard) {
    Intake pool = intake;
    if (pool == null) {
      return;
    }
    LOG.info("shard {} goes to another", shard.name());
    shard.leave();
    long began = environment.loop().nanos();
    Duration deadline = shards.lease();
    Future<Void> quiet = shard.closeIntake();
    Future.join(quiet, pool.revoke(List.of(shard.partition()), deadline))
        .transform(done -> shard.handOver())
        .onSuccess(
            commit -> {
              if (isOwned(shard)) {
                remove(shard);
                events.revoked(pipeline(), shard.name(), shard.partition().epoch(), commit);
                events.revocation(pipeline(), Duration.ofNanos(environment.loop().nanos() - began));
              }
            });
  }

  private void lost(String name, Lease lease, String why) {
    OwnedShard shard = owned.get(name);
    if (shard == null || !shard.isUnder(lease)) {
      return;
    }
    LOG.warn("shard {} is not ours any more: {}", name, why);
    // Nobody waits for either; the server may still have the lease as ours.
    Future<?> unused = Future.join(shard.closeIntake(), lease.release());
    remove(shard);
    events.lost(pipeline(), name, shard.partition().epoch());
    if (intake != null) {
      intake.lost(List.of(shard.partition()));
    }
  }

  private boolean isOwned(OwnedShard shard) {
    return shard.equals(owned.get(shard.name()));
  }

  private void remove(OwnedShard shard) {
    owned.remove(shard.name());
    streams.remove(shard.stream());
    prune();
    ended.add(shard); // what finishes late is still acknowledged
  }

  private void prune() {
    ended.removeIf(shard -> !shard.isInHand());
  }

  private String pipeline() {
    return environment.pipeline();
  }

  private static Future<Flush> each(
      Iterable<OwnedShard> shards, Function<OwnedShard, Future<Flush>> part) {
    List<Future<Flush>> parts = new ArrayList<>();
    shards.forEach(shard -> parts.add(part.apply(shard)));
    return Future.join(parts)
        .map(all -> parts.stream().map(Future::result).reduce(Flush.NOTHING, Flush::plus));
  }

  /** What the balance asks of us. */
  private final class Ownership implements ShardBalance.Owner {
    @Override
    public boolean has(String name) {
      return owned.containsKey(name);
    }

    @Override
    public int kept() {
      return (int) owned.values().stream().filter(shard -> !shard.isLeaving()).count();
    }

    @Override
    public void giveUp(int surplus) {
      owned.values().stream()
          .filter(shard -> !shard.isLeaving())
          .sorted(Comparator.comparing((OwnedShard shard) -> shard.partition().epoch()).reversed())
          .limit(surplus)
          .toList()
          .forEach(ShardedStreamSource.this::giveUp);
    }

    @Override
    public void granted(String name, Lease lease) {
      ShardedStreamSource.this.granted(name, lease);
    }

    @Override
    public void lost(String name, Lease lease, String why) {
      ShardedStreamSource.this.lost(name, lease, why);
    }
  }

  /** The connection for commands came or went. */
  private final class CommandEvents implements KeyLinks.Events {
    @Override
    public void up(Link link) {
      if (consuming) {
        owned.values().forEach(OwnedShard::reconnected);
        ended.forEach(OwnedShard::reconnected);
      }
    }

    @Override
    public void down(Link link, String why) {
      if (consuming) {
        events.alarm(pipeline(), config.describe(), Alarm.UNREACHABLE, config.redis() + ": " + why);
      }
    }
  }

  /** The connection for reads came or went. */
  private final class ReadEvents implements KeyLinks.Events {
    @Override
    public void up(Link link) {
      EntryWatch watch = watches.get(link);
      if (watch != null) {
        watch.connected();
      }
    }
  }
}
