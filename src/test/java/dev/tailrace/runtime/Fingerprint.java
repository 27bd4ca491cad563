package dev.tailrace.runtime;

/**
 * 128 bits that stand for a state. Two states with one fingerprint count as one: among n states
 * that happens by accident with a probability of about n² / 2^129, 10^-25 for ten million (hash
 * compaction: P. Wolper, D. Leroy, "Reliable Hashing without Collision Detection", CAV 1993).
 *
 * @param high one half
 * @param low the other, mixed in another way
 */
public record Fingerprint(long high, long low) {}
