/** The way to the servers, on real ones and on such as say what a test wants. */
@NullMarked
package dev.tailrace.redis.link;

import org.jspecify.annotations.NullMarked;
