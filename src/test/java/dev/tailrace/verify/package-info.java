/** Tests of the checker: doctored histories, each with the verdict that it must get. */
@NullMarked
package dev.tailrace.verify;

import org.jspecify.annotations.NullMarked;
