/**
 * Plausible slips, kept as patches, each applied to a copy of the sources to see which layers of
 * proof notice: a bug that none notices means a test is missing.
 */
@NullMarked
package dev.tailrace.planted;

import org.jspecify.annotations.NullMarked;
