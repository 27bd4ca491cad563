/**
 * The fleet of instances under one name: the list in which each keeps itself by the server's clock,
 * and the orders that one of them, the leader, gives to the others.
 *
 * <p>A registry and its orders belong to the event loop that they were made with.
 */
@NullMarked
package dev.tailrace.redis.fleet;

import org.jspecify.annotations.NullMarked;
