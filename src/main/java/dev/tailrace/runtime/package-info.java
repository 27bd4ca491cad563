/**
 * The seam between the pool and the machine: turns, time, chance and workers ({@link
 * dev.tailrace.runtime.Loop}), three-valued replies, and coalescing of network work. Everything up
 * to {@code dispatch} runs on it and on nothing else, so that the same code runs under a
 * deterministic simulator.
 */
@NullMarked
package dev.tailrace.runtime;

import org.jspecify.annotations.NullMarked;
