package dev.tailrace.runtime;

/**
 * A set of fingerprints for many threads: a table of pairs of words per stripe, open addressing.
 */
final class StateSet {
  private static final int STRIPES = 64;
  private static final int FIRST_SLOTS = 1 << 8;

  private final Stripe[] stripes = new Stripe[STRIPES];

  private static final class Stripe {
    private long[] table = new long[2 * FIRST_SLOTS]; // guarded by this stripe
    private int size; // guarded by this stripe

    synchronized boolean add(long high, long low) {
      if (!insert(table, high, low)) {
        return false;
      }
      if (++size * 4 > table.length) { // half of the slots
        long[] larger = new long[table.length * 2];
        for (int i = 0; i < table.length; i += 2) {
          if ((table[i] | table[i + 1]) != 0) {
            insert(larger, table[i], table[i + 1]);
          }
        }
        table = larger;
      }
      return true;
    }

    synchronized boolean contains(long high, long low) {
      int slot = slot(table, high, low);
      return (table[slot] | table[slot + 1]) != 0;
    }

    synchronized int size() {
      return size;
    }

    private static boolean insert(long[] table, long high, long low) {
      int slot = slot(table, high, low);
      boolean empty = (table[slot] | table[slot + 1]) == 0;
      table[slot] = high;
      table[slot + 1] = low;
      return empty;
    }

    /** Where it stands, or where it would. */
    private static int slot(long[] table, long high, long low) {
      int mask = table.length - 2;
      int slot = (int) (low >>> 7) & mask;
      while ((table[slot] | table[slot + 1]) != 0
          && (table[slot] != high || table[slot + 1] != low)) {
        slot = (slot + 2) & mask;
      }
      return slot;
    }
  }

  StateSet() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** Whether it was not in the set before. */
  boolean add(Fingerprint state) {
    return stripe(state).add(state.high(), low(state));
  }

  /** Whether it is in the set. */
  boolean contains(Fingerprint state) {
    return stripe(state).contains(state.high(), low(state));
  }

  private Stripe stripe(Fingerprint state) {
    return stripes[(int) (state.high() >>> 58)];
  }

  private static long low(Fingerprint state) {
    return state.low() == 0 ? 1 : state.low(); // two zeros are an empty slot
  }

  long size() {
    long sum = 0;
    for (Stripe stripe : stripes) {
      sum += stripe.size();
    }
    return sum;
  }
}
