/** Tests of lanes, permits, credit and stops. */
@NullMarked
package dev.tailrace.dispatch;

import org.jspecify.annotations.NullMarked;
