/** What others write and we read: the readers are fed with anything, and fail only as declared. */
@NullMarked
package dev.tailrace.fuzz;

import org.jspecify.annotations.NullMarked;
