/**
 * The simulated loop, the contract that every loop keeps, and the tests of what runs on it. The
 * simulator is written for anyone's tests: {@link dev.tailrace.runtime.Simulation} is the way in.
 */
@NullMarked
package dev.tailrace.runtime;

import org.jspecify.annotations.NullMarked;
