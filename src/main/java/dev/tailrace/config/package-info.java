/**
 * The configuration: a YAML tree in which every value remembers where it was written, one schema
 * composed from the fragments of the packages that own the keys, all mistakes reported at once with
 * their place, and the effective configuration with its secrets masked.
 *
 * <p>The way of a configuration: files are read to trees ({@link ConfigNode}), merged in order,
 * overridden by environment and {@code --set}, shaped (defaults filled in), validated against the
 * JSON Schema that {@link ConfigSchema} composes, and handed to its readers as {@link
 * ConfigSection}s.
 */
@NullMarked
package dev.tailrace.config;

import org.jspecify.annotations.NullMarked;
