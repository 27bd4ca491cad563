package dev.tailrace.source;

/**
 * Why two sources do not go together in one process.
 *
 * @param key of the later one's settings, where the mistake is
 * @param problem in words that follow the name of the key
 * @param allowed what to write instead, in words
 * @param fatal whether they cannot work; else it is only advised against
 */
public record SourceConflict(String key, String problem, String allowed, boolean fatal) {}
