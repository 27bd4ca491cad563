/**
 * The contract between a broker and the pool: {@link dev.tailrace.source.Source}, {@link
 * dev.tailrace.source.Intake}, {@link dev.tailrace.source.Delivery}; and the positions of brokers
 * that keep one mark per partition, with the codec of their commit metadata.
 */
@NullMarked
package dev.tailrace.source;

import org.jspecify.annotations.NullMarked;
