package dev.tailrace.source;

/**
 * A position in a partition as a broker keeps it for a group. Immutable.
 *
 * @param offset the next position to be read: everything below it is finished
 * @param metadata the text kept beside it, see {@link PositionMetadata}; "" where there is none
 */
public record Position(long offset, String metadata) {}
