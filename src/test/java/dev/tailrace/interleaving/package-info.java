/** How structures that several threads touch are put through their interleavings, by Lincheck. */
@NullMarked
package dev.tailrace.interleaving;

import org.jspecify.annotations.NullMarked;
