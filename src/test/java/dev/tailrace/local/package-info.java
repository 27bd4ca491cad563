/**
 * Real servers for tests and the demo: a Kafka broker and a Redis in processes of their own, which
 * can be frozen, killed and started again on the same address with the same data, and which leave
 * nothing behind. The same through containers.
 */
@NullMarked
package dev.tailrace.local;

import org.jspecify.annotations.NullMarked;
