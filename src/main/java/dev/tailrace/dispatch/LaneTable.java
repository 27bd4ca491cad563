package dev.tailrace.dispatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of one partition by their key: a table that is chained through the lanes themselves,
 * since with many keys a lane comes and goes with almost every message; so the lanes that have
 * ended are kept for others. Grows to the most lanes that were here at once, which the buffer
 * bounds. Event loop only.
 */
final class LaneTable {
  private static final int LEAST = 16; // a power of two, as all its sizes are

  private @Nullable Lane[] chains = new @Nullable Lane[LEAST];
  private @Nullable Lane ended; // the first of those that may begin anew, which are chained too
  private int size;

  /** The lane of a key whose hash is known; null where there is none. */
  @Nullable Lane get(Object key, int hash) {
    Lane lane = chains[cell(hash)];
    while (lane != null && !lane.isOf(key, hash)) {
      lane = lane.chained;
    }
    return lane;
  }

  /** Begins the first lane of its key. */
  void add(Object key, int hash, Entry head) {
    if (size == chains.length) {
      grow();
    }
    size++;
    Lane lane = ended;
    if (lane == null) {
      lane = new Lane();
    } else {
      ended = lane.chained;
    }
    lane.begin(key, hash, head);
    link(lane);
  }

  private void link(Lane lane) {
    int cell = cell(lane.hash());
    lane.chained = chains[cell];
    chains[cell] = lane;
  }

  private void grow() {
    List<Lane> all = all();
    chains = Arrays.copyOf(chains, 2 * chains.length);
    Arrays.fill(chains, null);
    all.forEach(this::link);
  }

  /** Takes out a lane that is here, and has ended. */
  void remove(Lane lane) {
    int cell = cell(lane.hash());
    Lane before = chains[cell];
    if (before == lane) {
      chains[cell] = lane.chained;
    } else {
      while (before != null && before.chained != lane) {
        before = before.chained;
      }
      if (before == null) {
        throw new IllegalStateException("no such lane");
      }
      before.chained = lane.chained;
    }
    lane.chained = ended;
    ended = lane;
    size--;
  }

  /** All that are here; a copy. */
  List<Lane> all() {
    List<Lane> all = new ArrayList<>(size);
    for (Lane first : chains) {
      for (Lane lane = first; lane != null; lane = lane.chained) {
        all.add(lane);
      }
    }
    return all;
  }

  private int cell(int hash) {
    return (hash ^ (hash >>> 16)) & (chains.length - 1);
  }
}
