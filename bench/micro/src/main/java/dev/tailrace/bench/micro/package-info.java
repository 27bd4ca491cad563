/** What single parts of the core cost, without a broker: time, and bytes allocated by message. */
@NullMarked
package dev.tailrace.bench.micro;

import org.jspecify.annotations.NullMarked;
