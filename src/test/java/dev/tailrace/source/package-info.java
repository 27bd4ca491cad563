/** Tests of positions, their metadata and the committer. */
@NullMarked
package dev.tailrace.source;

import org.jspecify.annotations.NullMarked;
