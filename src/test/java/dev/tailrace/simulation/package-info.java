/**
 * The production core on simulated loops: a small broker, its sources, a handler that misbehaves by
 * the dice, and a witness who checks the promises after every step.
 */
@NullMarked
package dev.tailrace.simulation;

import org.jspecify.annotations.NullMarked;
