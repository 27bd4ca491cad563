/** The pool as a whole: start, pause, drain, undeploy, and what it tells of that. */
@NullMarked
package dev.tailrace.app;

import org.jspecify.annotations.NullMarked;
