package dev.tailrace.app;

import java.util.List;

/** A configuration was not taken over; what ran before runs on. */
public final class ReloadException extends Exception {
  private static final long serialVersionUID = 1;

  /** Why not. */
  public enum Kind {
    /** It is not valid, or changes what cannot change in a running process. */
    REFUSED,
    /** The pool stops, or another reload is under way. */
    UNTIMELY,
    /** It could not be applied; what had changed was taken back. */
    FAILED
  }

  private final Kind kind;
  private final transient List<String> errors;

  /** For these errors, each in one line. */
  public ReloadException(Kind kind, List<String> errors) {
    super(String.join("\n", errors));
    this.kind = kind;
    this.errors = List.copyOf(errors);
  }

  /** For one error and its cause. */
  ReloadException(Kind kind, String error, Throwable cause) {
    super(error, cause);
    this.kind = kind;
    this.errors = List.of(error);
  }

  /** Why not. */
  public Kind kind() {
    return kind;
  }

  /** Every error, each in one line. */
  public List<String> errors() {
    return errors;
  }
}
