package dev.tailrace.redis.stream;

import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The instances that read the shards of a group, as each of them says on the server that it lives;
 * and the count of shards, which is written down by the first. Belongs to the source's loop.
 */
final class ShardMembers {
  private static final RedisScript MEMBERS = RedisScript.load(ShardMembers.class, "members.lua");

  private final StreamGroup group;
  private final Shards shards;
  private final String me;

  /**
   * Who is there.
   *
   * @param count of the shards, as it is written down
   * @param members those that live, in the order in which they came
   * @param rank ours among them, -1 where we are not one of them
   */
  record Roll(int count, List<String> members, int rank) {
    /** How many shards are ours; the shares of all members are all shards. */
    int share() {
      if (rank < 0) {
        return 0;
      }
      return count / members.size() + (rank < count % members.size() ? 1 : 0);
    }

    /** The shard that we look at first, so that not all members reach for the same one. */
    int first() {
      return rank < 0 ? 0 : (int) ((long) rank * count / members.size());
    }
  }

  ShardMembers(StreamGroup group, Shards shards) {
    this.group = group;
    this.shards = shards;
    // Who came first keeps its rank, and with it its shards, whoever comes later.
    this.me =
        "%016d %s %s"
            .formatted(
                group.loop().wall().toEpochMilli(),
                group.consumer(),
                HexFormat.of().toHexDigits(group.loop().random().nextLong()));
  }

  /** Says that we live, for the length of a lease, and asks who else does. */
  Future<Reply<Roll>> report() {
    return group.commands(countKey()).run(call(shards.lease().toMillis()), this::roll);
  }

  /** Asks how many shards there are, or says it where nobody has, without living yet. */
  Future<Reply<Roll>> look() {
    return leave();
  }

  /** Says that our shards are to be had. */
  Future<Reply<Roll>> leave() {
    return group.commands(countKey()).run(call(0), this::roll);
  }

  /** Where the count is written down. */
  String countKey() {
    return countKey(shards);
  }

  /** Where the count of some shards is written down. */
  static String countKey(Shards shards) {
    return StreamKeys.beside(shards.prefix(), "shards");
  }

  private RedisScript.Call call(long life) {
    return MEMBERS
        .call()
        .key(StreamKeys.beside(shards.prefix(), group.name() + ":members"))
        .key(countKey())
        .arg(me)
        .arg(life)
        .arg(shards.count());
  }

  private Roll roll(@Nullable Response answer) {
    if (answer == null) {
      throw new IllegalStateException("a roll without an answer");
    }
    List<String> members = new ArrayList<>(answer.size());
    for (int i = 1; i < answer.size(); i++) {
      members.add(answer.get(i).toString());
    }
    Collections.sort(members);
    return new Roll(answer.get(0).toInteger(), members, members.indexOf(me));
  }
}
