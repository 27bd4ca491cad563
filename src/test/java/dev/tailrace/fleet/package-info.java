/** Real processes of the fat jar, as a user runs them, watched from outside. */
@NullMarked
package dev.tailrace.fleet;

import org.jspecify.annotations.NullMarked;
