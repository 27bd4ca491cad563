/** Tests, and what others' tests need of {@code sink}. */
@NullMarked
package dev.tailrace.sink;

import org.jspecify.annotations.NullMarked;
