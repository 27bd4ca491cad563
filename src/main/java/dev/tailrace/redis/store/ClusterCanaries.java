package dev.tailrace.redis.store;

import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.HashSlot;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.redis.store.StoreOperations.Sight;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Knows what a store on a cluster has lost: {@value #COUNT} canaries lie spread evenly over its
 * slots, one among each {@link #SPACING}, so that a server with a fair share has some. Each list of
 * claims or marks is followed by a look at one of those that its server has. Belongs to its loop.
 *
 * <p>A slot that moves takes its canary along; the run id of the server is then another one, as
 * after a failover, and what was last written before is known there.
 */
final class ClusterCanaries implements ClusterRun.Witness, LossWatch {
  /** How many there are. */
  static final int COUNT = 64;

  /** How many slots have one. */
  static final int SPACING = HashSlot.COUNT / COUNT;

  private static final List<String> TAGS = tags();

  private final ClusterLinks links;
  private final List<Canary> canaries;
  private StoreMemory memory = new StoreMemory() {}; // event loop only
  private long told; // event loop only: the latest moment from which on something is remembered
  private final List<String> losses = new ArrayList<>(); // event loop only: found in looks at all
  private int looks; // event loop only: at all, that go on

  /** One of them, with what it tells. */
  record Canary(int slot, String key, String life, LossDetector detector) {
    /** A look by script. */
    SlotCall<Sight> look(String run) {
      return new SlotCall<>(
          slot,
          ScriptedOperations.looking(key, life, run),
          answer -> {
            Sight sight = ScriptedOperations.looked(answer);
            detector.saw(sight);
            return sight;
          });
    }
  }

  /** Those of the store whose keys these are. */
  ClusterCanaries(ClusterLinks links, StoreKeys keys) {
    this.links = links;
    this.canaries =
        TAGS.stream()
            .map(
                tag -> {
                  String key = keys.canary() + ":{" + tag + "}";
                  String life = keys.life() + ":{" + tag + "}";
                  LossDetector detector = new LossDetector(key);
                  detector.onMemory(new All());
                  return new Canary(HashSlot.of(key), key, life, detector);
                })
            .toList();
  }

  /** For each part of the slots the least number whose hash is there. */
  private static List<String> tags() {
    @Nullable String[] tags = new @Nullable String[COUNT];
    int missing = COUNT;
    for (int number = 0; missing > 0; number++) {
      String tag = Integer.toString(number);
      int part = HashSlot.of(tag) / SPACING;
      if (tags[part] == null) {
        tags[part] = tag;
        missing--;
      }
    }
    return List.of(tags);
  }

  @Override
  public void onMemory(StoreMemory listener) {
    memory = listener;
  }

  /** Each look tells what it saw by itself, before it is answered. */
  @Override
  public void saw(Sight sight) {}

  @Override
  public Optional<SlotCall<?>> after(String address, String run) {
    return at(address).map(canary -> canary.look(run));
  }

  /** The first that a server has. */
  Optional<Canary> at(@Nullable String address) {
    return canaries.stream()
        .filter(canary -> Objects.equals(address, links.owner(canary.slot())))
        .findFirst();
  }

  /**
   * Looks at all of them now, save those on the move. What was lost is told once.
   *
   * @param how each is looked at; a reply for each
   * @return failed or unknown where any of the looks was
   */
  Future<Reply<Sight>> look(Function<List<Canary>, Future<List<Reply<Sight>>>> how) {
    looks++;
    return how.apply(canaries)
        .map(
            replies -> {
              if (--looks == 0) {
                tellLosses();
              }
              return replies.stream()
                  .filter(reply -> !reply.isOk() && !isMoving(reply))
                  .findFirst()
                  .orElse(Reply.ok(Sight.NONE));
            });
  }

  private void tellLosses() {
    if (!losses.isEmpty()) {
      String parts = " (found in %d of %d parts of the slots)".formatted(losses.size(), COUNT);
      String first = losses.get(0);
      losses.clear();
      memory.lost(first + parts);
    }
  }

  private static boolean isMoving(Reply<Sight> reply) {
    return reply instanceof Reply.Failed<Sight> failed
        && (ServerError.is(failed.cause(), "TRYAGAIN") || ServerError.is(failed.cause(), "ASK"));
  }

  /** What any of them tells. */
  private final class All implements StoreMemory {
    @Override
    public void remembers(long since) {
      if (since > told) {
        told = since;
        memory.remembers(since);
      }
    }

    @Override
    public void forgot(long from, long to) {
      memory.forgot(from, to);
    }

    @Override
    public void lost(String inWords) {
      if (looks == 0) {
        memory.lost(inWords);
      } else {
        losses.add(inWords);
      }
    }
  }

  /** Where they lie. */
  static List<Integer> slots() {
    return TAGS.stream().map(HashSlot::of).toList();
  }
}
