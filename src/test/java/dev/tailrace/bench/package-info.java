/** How fast the pool is beside a raw poll loop, in one run on one broker; ratios are the result. */
@NullMarked
package dev.tailrace.bench;

import org.jspecify.annotations.NullMarked;
