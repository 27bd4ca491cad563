package dev.tailrace.message;

/**
 * The claim under which an attempt runs. A later claim of the same key has a greater token, so a
 * resource that remembers the greatest token it saw can refuse an older worker.
 *
 * @param key the idempotency key
 * @param claimId made by the claimant, unique per attempt
 * @param token grows with every claim of the key, also after its record has expired
 */
public record Fence(String key, String claimId, long token) {}
