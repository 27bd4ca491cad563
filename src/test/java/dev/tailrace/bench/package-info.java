/**
 * How fast the pool is beside the raw client and its peers, in one run on one broker and one Redis;
 * ratios are the result. The contenders are a build of their own, {@code bench/}; here is what
 * starts them, judges their work and writes the page.
 */
@NullMarked
package dev.tailrace.bench;

import org.jspecify.annotations.NullMarked;
