package dev.tailrace.config;

/** What a key may be set to. */
sealed interface ValueType permits ScalarType, ListType, StructureType {}
