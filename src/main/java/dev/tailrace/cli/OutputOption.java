package dev.tailrace.cli;

import java.util.Locale;
import picocli.CommandLine.Option;

/** The option {@code -o}, wherever there is output. */
final class OutputOption {
  /** The two forms of a result. */
  enum Format {
    /** For people. */
    TEXT,
    /** For programs. */
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "Form of the result: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  private Format format = Format.TEXT; // set by picocli

  boolean json() {
    return format == Format.JSON;
  }
}
