package dev.tailrace.simulation;

import dev.tailrace.runtime.Reply;
import dev.tailrace.source.CommitTarget;
import dev.tailrace.source.MetadataTooLargeException;
import dev.tailrace.source.NotOwnedException;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Position;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The commits of one member: sent for what it owns, as who it is at that moment. */
final class MemberCommits implements CommitTarget {
  private final World world;
  private final GroupMember member;
  private final MemberSource source;

  MemberCommits(World world, GroupMember member, MemberSource source) {
    this.world = world;
    this.member = member;
    this.source = source;
  }

  @Override
  public Future<Map<Partition, Reply<Void>>> commit(Map<Partition, Position> positions) {
    Map<Partition, Reply<Void>> refused = new LinkedHashMap<>();
    Map<Partition, Position> sent = new LinkedHashMap<>();
    positions.forEach(
        (partition, position) -> {
          source.checkTracked(partition);
          if (member.owns(partition)) {
            sent.put(partition, position);
          } else {
            refused.put(partition, notOurs(partition));
          }
        });
    if (sent.isEmpty()) {
      return Future.succeededFuture(refused);
    }
    String id = member.id();
    int generation = member.generation();
    return member
        .link()
        .ask(
            () -> world.positions().commit(member, id, generation, sent),
            () -> same(sent.keySet(), new Link.Unanswered("no connection")))
        .map(
            replies -> {
              if (replies.values().stream().anyMatch(reply -> !reply.isOk())) {
                member.troubled();
              }
              Map<Partition, Reply<Void>> all = new LinkedHashMap<>(replies);
              all.putAll(refused);
              return all;
            });
  }

  @Override
  public void confirmed(Partition partition) {
    source.watch().committed(partition);
  }

  private static Map<Partition, Reply<Void>> same(Collection<Partition> all, Throwable cause) {
    Map<Partition, Reply<Void>> replies = new LinkedHashMap<>();
    all.forEach(partition -> replies.put(partition, Reply.failed(cause)));
    return replies;
  }

  /** A refusal that is about the metadata. */
  static Reply<Void> tooLarge() {
    return Reply.failed(
        new MetadataTooLargeException("too large", new Link.Unanswered("metadata refused")));
  }

  private static Reply<Position> held(@Nullable Position position) {
    return Reply.ok(position == null ? new Position(-1, "") : position);
  }

  private static <R> Reply<R> unanswered() {
    return Reply.failed(new Link.Unanswered("no connection"));
  }

  private static <R> Reply<R> notOurs(Partition partition) {
    return Reply.failed(new NotOwnedException(partition));
  }

  @Override
  public Future<Map<Partition, Reply<Position>>> readBack(Set<Partition> partitions) {
    List<Partition> wanted = new ArrayList<>(partitions.size());
    for (Partition partition : partitions) {
      if (member.owns(partition)) {
        wanted.add(partition);
      }
    }
    return member
        .link()
        .<List<@Nullable Position>>ask(() -> world.positions().committed(wanted), () -> List.of())
        .map(
            held -> {
              Map<Partition, Reply<Position>> replies = new LinkedHashMap<>();
              for (int i = 0; i < wanted.size(); i++) {
                replies.put(wanted.get(i), held.isEmpty() ? unanswered() : held(held.get(i)));
              }
              for (Partition partition : partitions) {
                replies.computeIfAbsent(partition, MemberCommits::notOurs);
              }
              return replies;
            });
  }
}
