package dev.tailrace.config;

import org.jspecify.annotations.Nullable;

/**
 * One key of an object.
 *
 * @param name the key
 * @param type what it may be set to
 * @param defaultValue String, Long, Boolean, a List of texts, or null where it has no default
 * @param description what it is for, one sentence
 * @param marks what else holds for it
 */
record Property(
    String name, ValueType type, @Nullable Object defaultValue, String description, Marks marks) {

  /** How much of a key is built. */
  enum Built {
    /** All of it. */
    YES,
    /** Only its default is accepted. */
    DEFAULT_ONLY,
    /** It may not be set. */
    NOT_YET
  }

  /**
   * What else holds for a key.
   *
   * @param required it must be set
   * @param secret its value is never printed
   * @param built how much of it works
   * @param example a value for the reference file, in YAML, or null
   */
  record Marks(boolean required, boolean secret, Built built, @Nullable String example) {
    static final Marks NONE = new Marks(false, false, Built.YES, null);
  }

  boolean required() {
    return marks.required();
  }

  boolean secret() {
    return marks.secret();
  }

  Property withType(ValueType other) {
    return new Property(name, other, defaultValue, description, marks);
  }

  Property asRequired() {
    return withMarks(new Marks(true, marks.secret(), marks.built(), marks.example()));
  }

  Property asSecret() {
    return withMarks(new Marks(marks.required(), true, marks.built(), marks.example()));
  }

  Property built(Built built) {
    return withMarks(new Marks(marks.required(), marks.secret(), built, marks.example()));
  }

  Property withExample(String example) {
    return withMarks(new Marks(marks.required(), marks.secret(), marks.built(), example));
  }

  private Property withMarks(Marks other) {
    return new Property(name, type, defaultValue, description, other);
  }
}
