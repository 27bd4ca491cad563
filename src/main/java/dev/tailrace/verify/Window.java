package dev.tailrace.verify;

/** Where promise P2 allows a repetition; the first that has its evidence counts. */
enum Window {
  /** The process died, or a drain left the handler, between effect and mark. */
  W1("W1"),
  /** The claim or the partition passed to another while the holder lived. */
  W2("W2"),
  /** The handler reported a failure, or was tried again, after its effect. */
  W4("W4"),
  /** The store lost the record or it expired, or the source began anew. */
  W3("W3"),
  /**
   * Without a lasting store, after a process or a partition that ended roughly; or without a claim,
   * while the store did not answer.
   */
  A("grade A");

  private final String label;

  Window(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
