/** SmallRye Reactive Messaging's connector for Kafka. */
@NullMarked
package dev.tailrace.bench.smallrye;

import org.jspecify.annotations.NullMarked;
