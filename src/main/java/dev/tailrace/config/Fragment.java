package dev.tailrace.config;

/**
 * The part of the configuration schema that one type owns: a source, a handler, a store, a dead
 * letter, or a section at the root.
 *
 * @param type the word that chooses it, such as {@code kafka}
 * @param schema its keys
 */
public record Fragment(String type, ObjectSchema schema) {}
