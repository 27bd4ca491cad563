package dev.tailrace.source;

/**
 * The least that the client of a broker can be made to do with what a source reads, so that what a
 * pool costs can be told from what its broker costs. It works on nothing and keeps no order; to be
 * measured beside a pool, and for nothing else.
 */
@FunctionalInterface
public interface BareReader {
  /**
   * Reads from the beginning to what is the end now, and acknowledges it as it goes. Blocks; on a
   * thread of its own.
   *
   * @param each is called once for each message, on the calling thread
   */
  void read(Runnable each);
}
