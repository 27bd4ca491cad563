package dev.tailrace.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/**
 * A command run in this process.
 *
 * @param exitCode what it ended with
 * @param out its results
 * @param err what it said beside them
 */
record Invocation(int exitCode, String out, String err) {
  static Invocation of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Invocation(exitCode, out.toString(), err.toString());
  }
}
