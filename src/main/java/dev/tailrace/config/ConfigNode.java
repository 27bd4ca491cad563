package dev.tailrace.config;

/** One immutable value of the configuration tree, with the place it was written at. */
public sealed interface ConfigNode permits ConfigObject, ConfigList, ConfigScalar {

  /** Where the value was written; for a default, where the object around it was. */
  Place place();

  /** True for a default: nobody wrote this value. */
  boolean implied();

  /** Where the value comes from, in words: its place, or that it is the default. */
  default String origin() {
    return implied() ? "default" : place().toString();
  }
}
