/** How a process starts and stops, on simulated time. */
@NullMarked
package dev.tailrace.lifecycle;

import org.jspecify.annotations.NullMarked;
