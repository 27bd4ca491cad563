/**
 * What campaigns found, kept in one file, and the page that is generated from it, so that no number
 * on it can be typed in.
 */
@NullMarked
package dev.tailrace.proof;

import org.jspecify.annotations.NullMarked;
