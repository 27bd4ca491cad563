/**
 * Tests of the project itself: which package may see which, what the core may not touch, and how
 * tidy the sources are. Each rule is also seen to fail, on code planted for it.
 */
@NullMarked
package dev.tailrace.project;

import org.jspecify.annotations.NullMarked;
