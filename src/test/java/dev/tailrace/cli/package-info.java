/** Tests of the command line: arguments, exit codes, signals and the watchdog. */
@NullMarked
package dev.tailrace.cli;

import org.jspecify.annotations.NullMarked;
