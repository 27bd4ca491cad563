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

  /**
   * What else holds for a key.
   *
   * @param required it must be set
   * @param secret its value is never printed
   * @param notYet it may not be set: its mechanism is not built
   * @param example a value for the reference file, in YAML, or null
   */
  record Marks(boolean required, boolean secret, boolean notYet, @Nullable String example) {
    static final Marks NONE = new Marks(false, false, false, null);
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
    return withMarks(new Marks(true, marks.secret(), marks.notYet(), marks.example()));
  }

  Property asSecret() {
    return withMarks(new Marks(marks.required(), true, marks.notYet(), marks.example()));
  }

  Property asNotYetBuilt() {
    return withMarks(new Marks(marks.required(), marks.secret(), true, marks.example()));
  }

  Property withExample(String example) {
    return withMarks(new Marks(marks.required(), marks.secret(), marks.notYet(), example));
  }

  private Property withMarks(Marks other) {
    return new Property(name, type, defaultValue, description, other);
  }
}
