/**
 * The way to the servers: their addresses and how they are spoken to ({@code RedisConfig}), a
 * dedicated connection to one of them ({@code RedisLink}) or to whichever has a slot ({@code
 * SlotLink}), the links to all that an owner's keys need ({@code KeyLinks}) or that a cluster has
 * ({@code ClusterLinks}), scripts, and leases. Knows neither messages nor records.
 *
 * <p>A link, and all that it is made of, belongs to the event loop that it was made with: every
 * method is called there, and every future completes there. Configurations, scripts and what
 * servers say of themselves are immutable.
 */
@NullMarked
package dev.tailrace.redis.link;

import org.jspecify.annotations.NullMarked;
