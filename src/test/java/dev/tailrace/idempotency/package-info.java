/** What every idempotency store keeps, and the tests of keys and claims. */
@NullMarked
package dev.tailrace.idempotency;

import org.jspecify.annotations.NullMarked;
