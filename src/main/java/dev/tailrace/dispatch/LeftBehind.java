package dev.tailrace.dispatch;

import java.util.List;

/**
 * A message that a drain left behind; named so that a person can look after it.
 *
 * @param pipeline the pipeline's name
 * @param source the partition or stream
 * @param position its position there
 * @param epoch of the assignment
 * @param keyHash of its key, or ""
 * @param attempt which attempt was under way
 * @param stage claiming, handling, settling, or what could not be written down
 * @param claim the claim's id, or ""
 * @param ageMillis since it was received
 * @param stack where a blocking handler was, innermost first, at most 20 frames
 */
public record LeftBehind(
    String pipeline,
    String source,
    String position,
    int epoch,
    String keyHash,
    int attempt,
    String stage,
    String claim,
    long ageMillis,
    List<String> stack) {}
