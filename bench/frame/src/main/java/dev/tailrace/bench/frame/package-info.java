/** What all contenders have in common: how one is started, told, measured and ended. */
@NullMarked
package dev.tailrace.bench.frame;

import org.jspecify.annotations.NullMarked;
