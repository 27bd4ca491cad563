/**
 * States, triggers, deadlines, phases and the graph of resources: how a process starts and stops.
 * It knows nothing of messages.
 */
@NullMarked
package dev.tailrace.lifecycle;

import org.jspecify.annotations.NullMarked;
