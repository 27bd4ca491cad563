package dev.tailrace.redis.link;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which server has which slots of a cluster, as somebody told it; servers are named by their
 * addresses. Immutable.
 */
final class SlotMap {
  /** Nobody has anything. */
  static final SlotMap EMPTY = new SlotMap(Collections.nCopies(HashSlot.COUNT, null));

  private final List<@Nullable String> owners; // by slot
  private final Set<String> primaries;

  private SlotMap(List<@Nullable String> owners) {
    this.owners = owners;
    Set<String> all = new LinkedHashSet<>();
    for (String owner : owners) {
      if (owner != null) {
        all.add(owner);
      }
    }
    this.primaries = Collections.unmodifiableSet(all);
  }

  /**
   * Reads an answer to CLUSTER SLOTS: rows of first slot, last slot, and servers, of which the
   * first is the primary: host, port, and more. Fails where it is none.
   *
   * @param asked address of the server that answered, whose host is meant where it names none
   */
  static SlotMap parse(@Nullable Response answer, RedisServers servers, String asked) {
    if (answer == null) {
      throw new IllegalArgumentException("no map of slots");
    }
    @Nullable String[] owners = new @Nullable String[HashSlot.COUNT];
    for (Response row : answer) {
      int first = row.get(0).toInteger();
      int last = row.get(1).toInteger();
      if (first < 0 || last >= HashSlot.COUNT || first > last || row.size() < 3) {
        throw new IllegalArgumentException("a map of slots with " + row);
      }
      Response primary = row.get(2);
      Response host = primary.get(0);
      String name = host == null ? "" : host.toString();
      String owner = servers.named(name, primary.get(1).toInteger(), asked);
      Arrays.fill(owners, first, last + 1, owner);
    }
    return new SlotMap(Collections.unmodifiableList(Arrays.asList(owners)));
  }

  /** The address of the server that has a slot, or null where nobody has it. */
  @Nullable String owner(int slot) {
    return owners.get(slot);
  }

  /** The servers that have slots, in the order of their first ones. */
  Set<String> primaries() {
    return primaries;
  }

  /** Whether every slot has a server. */
  boolean isWhole() {
    return !owners.contains(null);
  }

  /** The same, but for one slot. */
  SlotMap with(int slot, String owner) {
    if (owner.equals(owners.get(slot))) {
      return this;
    }
    List<@Nullable String> changed = new ArrayList<>(owners);
    changed.set(slot, owner);
    return new SlotMap(Collections.unmodifiableList(changed));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SlotMap map && owners.equals(map.owners);
  }

  @Override
  public int hashCode() {
    return owners.hashCode();
  }

  @Override
  public String toString() {
    return "slots of " + primaries;
  }
}
