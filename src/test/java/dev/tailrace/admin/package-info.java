/** Tests of the HTTP servers. */
@NullMarked
package dev.tailrace.admin;

import org.jspecify.annotations.NullMarked;
