package dev.tailrace.observe;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What an event log is given by the process it tells of.
 *
 * @param instance the process's name, {@code proc}
 * @param incarnation this run of it, {@code inc}; never the same twice
 * @param monoNanos a monotonic clock, readable from any thread
 * @param wallMillis the wall clock, readable from any thread
 * @param threads runs the writer, which keeps its thread until the log is closed; a daemon thread,
 *     so that a process that halts does not wait for it
 */
public record EventLogEnvironment(
    String instance,
    String incarnation,
    LongSupplier monoNanos,
    LongSupplier wallMillis,
    Executor threads) {}
