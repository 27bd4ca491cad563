/**
 * Redis as a source, a store and a sink, on real servers: what the tests of its parts have in
 * common, and those of all parts together.
 */
@NullMarked
package dev.tailrace.redis;

import org.jspecify.annotations.NullMarked;
