/** Tests of the event log, its reader and the meters. */
@NullMarked
package dev.tailrace.observe;

import org.jspecify.annotations.NullMarked;
