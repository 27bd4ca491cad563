package dev.tailrace.runtime;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Numbers objects in the order in which they are met; by identity, and without boxes. */
final class MetObjects {
  static final int NEW = -1;

  private @Nullable Object[] slots = new Object[1 << 12];
  private int[] numbers = new int[1 << 12];
  private int size;

  void clear() {
    Arrays.fill(slots, null);
    size = 0;
  }

  /** The number of an object that was met before; {@link #NEW} for another, which gets one. */
  int number(Object object) {
    int slot = slot(object);
    if (slots[slot] == object) {
      return numbers[slot];
    }
    slots[slot] = object;
    numbers[slot] = size++;
    if (size * 2 > slots.length) {
      grow();
    }
    return NEW;
  }

  @SuppressWarnings("ReferenceEquality") // identity is the point
  private int slot(Object object) {
    int mask = slots.length - 1;
    int hash = System.identityHashCode(object);
    int slot = (hash ^ hash >>> 12) & mask;
    while (slots[slot] != null && slots[slot] != object) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    @Nullable Object[] before = slots;
    int[] numbersBefore = numbers;
    slots = new Object[before.length * 2];
    numbers = new int[slots.length];
    for (int i = 0; i < before.length; i++) {
      Object object = before[i];
      if (object != null) {
        int slot = slot(object);
        slots[slot] = object;
        numbers[slot] = numbersBefore[i];
      }
    }
  }
}
