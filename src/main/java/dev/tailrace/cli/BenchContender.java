package dev.tailrace.cli;

/** One of those that read the same messages, one after the other. */
interface BenchContender {
  /** What it is called in the result. */
  String label();

  /**
   * Reads all messages once; blocks.
   *
   * @throws CommandException where it does not come to their end
   */
  BenchWindow.Reading run(BenchWork work, ProgressLine progress);
}
