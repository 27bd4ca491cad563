package dev.tailrace.redis;

import dev.tailrace.idempotency.StoreMemory;
import dev.tailrace.redis.StoreOperations.Sight;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.runtime.Timer;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows what a store on a cluster has lost: {@value #COUNT} canaries lie spread evenly over its
 * slots, one among each {@link #SPACING}, so that a server with a fair share has some. Each list of
 * claims or marks is followed by a look at one of those that its server has, and once a second all
 * are looked at. Belongs to its loop.
 *
 * <p>A slot that moves takes its canary along; the run id of the server is then another one, as
 * after a failover, and what was last written before is known there.
 */
final class ClusterCanaries implements ClusterRun.Witness {
  /** How many there are. */
  static final int COUNT = 64;

  /** How many slots have one. */
  static final int SPACING = HashSlot.COUNT / COUNT;

  private static final List<String> TAGS = tags();

  private final Loop loop;
  private final ClusterLinks links;
  private final List<Canary> canaries;
  private StoreMemory memory = new StoreMemory() {}; // event loop only
  private long told; // event loop only: the latest moment from which on something is remembered
  private @Nullable List<String> losses; // event loop only: found in the look at all that goes on
  private @Nullable Timer timer; // event loop only
  private boolean stopped; // event loop only

  /** One of them, with what it tells. */
  private record Canary(int slot, String key, String life, LossDetector detector) {
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
  ClusterCanaries(Loop loop, ClusterLinks links, StoreKeys keys) {
    this.loop = loop;
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

  /** Told what is found out; replaces the listener before. */
  void onMemory(StoreMemory listener) {
    memory = listener;
  }

  /** The first that the server has. */
  @Override
  public Optional<SlotCall<?>> after(String address, String run) {
    return canaries.stream()
        .filter(canary -> address.equals(links.owner(canary.slot())))
        .findFirst()
        .map(canary -> canary.look(run));
  }

  /** Looks at all of them now; a reply for each. What was lost is told once. */
  Future<List<Reply<Sight>>> look() {
    assert loop.inLoop();
    losses = new ArrayList<>();
    List<SlotCall<Sight>> looks =
        canaries.stream().map(canary -> canary.look(run(canary.slot()))).toList();
    return ClusterRun.direct(links, looks) // each has the run id of the server it is meant for
        .onSuccess(
            replies -> {
              List<String> lost = losses == null ? List.of() : losses;
              losses = null;
              if (!lost.isEmpty()) {
                String parts = " (found in %d of %d parts of the slots)";
                memory.lost(lost.get(0) + parts.formatted(lost.size(), COUNT));
              }
            });
  }

  private String run(int slot) {
    String owner = links.owner(slot);
    RedisLink link = owner == null ? null : links.link(owner);
    return link == null ? "" : link.life().run();
  }

  /** Looks from now on. */
  void start() {
    if (!stopped) {
      timer = loop.after(StoreCanary.INTERVAL, () -> look().onSuccess(any -> start()));
    }
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel();
    }
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
      if (losses == null) {
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
