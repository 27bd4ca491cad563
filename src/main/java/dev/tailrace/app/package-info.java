/**
 * The only wiring: a pool of pipelines ({@link dev.tailrace.app.Tailrace}), the verticle of one
 * consumer, the plan by which both stop, and what they tell of themselves.
 */
@NullMarked
package dev.tailrace.app;

import org.jspecify.annotations.NullMarked;
