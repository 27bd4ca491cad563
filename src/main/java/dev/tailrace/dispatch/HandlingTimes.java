package dev.tailrace.dispatch;

/**
 * How long messages hold their permits, claim and settlement included.
 *
 * @param meanNanos the mean
 * @param p50Nanos half of them are no slower
 * @param p99Nanos 99 of 100 are no slower
 */
public record HandlingTimes(long meanNanos, long p50Nanos, long p99Nanos) {}
