/**
 * Two instances of the production core, one partition, three messages, and every way in which they
 * can come together: the small world, enumerated.
 */
@NullMarked
package dev.tailrace.smallworld;

import org.jspecify.annotations.NullMarked;
