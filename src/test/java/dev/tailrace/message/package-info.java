/** Tests, and what others' tests need of {@code message}. */
@NullMarked
package dev.tailrace.message;

import org.jspecify.annotations.NullMarked;
