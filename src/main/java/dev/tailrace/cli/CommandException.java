package dev.tailrace.cli;

/** Ends a command with an exit code and one sentence for the user. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /**
   * Says what went wrong.
   *
   * @param exitCode one of {@link ExitCode}
   * @param message what happened, and what to do about it
   */
  CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** As above, with the failure behind it, which is logged and not printed. */
  CommandException(int exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
