/**
 * The contract between a broker and the pool: {@link dev.tailrace.source.Source}, {@link
 * dev.tailrace.source.Intake}, {@link dev.tailrace.source.Delivery}; the positions of brokers that
 * keep one mark per partition, with the codec of their commit metadata; and {@link
 * dev.tailrace.source.OwnedPartitions}, what a member of such a broker's group does on its loop.
 */
@NullMarked
package dev.tailrace.source;

import org.jspecify.annotations.NullMarked;
