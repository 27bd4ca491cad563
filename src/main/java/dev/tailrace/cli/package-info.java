/**
 * The command line: arguments, signals, exit codes, the live view and the watchdog that halts. One
 * class per command; the only place that ends the process or prints.
 */
@NullMarked
package dev.tailrace.cli;

import org.jspecify.annotations.NullMarked;
