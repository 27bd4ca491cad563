/**
 * Campaigns against real processes: a fleet of workers from the fat jar on a real broker and a real
 * Redis, killed, stopped and frozen under load, and judged by the checker and by an outside
 * witness.
 */
@NullMarked
package dev.tailrace.chaos;

import org.jspecify.annotations.NullMarked;
