/**
 * Claim a key once: the store's contract, the rules that make keys, the client that batches, renews
 * and repeats claims, and a store in memory.
 */
@NullMarked
package dev.tailrace.idempotency;

import org.jspecify.annotations.NullMarked;
