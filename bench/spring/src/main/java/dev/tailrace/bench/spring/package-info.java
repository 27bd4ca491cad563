/** Spring for Apache Kafka. */
@NullMarked
package dev.tailrace.bench.spring;

import org.jspecify.annotations.NullMarked;
