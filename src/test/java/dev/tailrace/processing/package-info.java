/** Tests of one flight. */
@NullMarked
package dev.tailrace.processing;

import org.jspecify.annotations.NullMarked;
