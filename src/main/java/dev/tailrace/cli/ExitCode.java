package dev.tailrace.cli;

import dev.tailrace.app.DrainReport;

/** The exit codes of every command; the public contract. */
final class ExitCode {
  /** All went well. */
  static final int OK = 0;

  /** It failed. */
  static final int FAILURE = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  /** The configuration is invalid. */
  static final int INVALID_CONFIGURATION = 3;

  /** A drain was forced or incomplete, or a commit is unknown. */
  static final int INCOMPLETE = 4;

  /** A broker, a store or the admin server is unreachable, refuses or is unfit. */
  static final int UNREACHABLE = 5;

  /** A clean drain that the process itself asked for, to be started afresh. */
  static final int RESTART = DrainReport.RESTART_EXIT;

  private ExitCode() {}
}
