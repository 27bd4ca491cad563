/** Tests of the Kafka source and sink: against the client's own mock, and against a real broker. */
@NullMarked
package dev.tailrace.kafka;

import org.jspecify.annotations.NullMarked;
