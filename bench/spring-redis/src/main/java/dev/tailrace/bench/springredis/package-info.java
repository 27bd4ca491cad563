/** A listener container of Spring Data Redis, as measured beside Tailrace. */
@NullMarked
package dev.tailrace.bench.springredis;

import org.jspecify.annotations.NullMarked;
