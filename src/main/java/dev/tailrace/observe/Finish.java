package dev.tailrace.observe;

/** How a message finished; the {@code outcome} of events, metrics and the drain report. */
public enum Finish {
  /** The handler said done. */
  DONE("done"),
  /** Its dead letter was acknowledged. */
  DEAD_LETTERED("deadLettered"),
  /** The handler discarded it. */
  DISCARDED("discarded"),
  /** It had finished before: the store or the commit metadata says so. */
  SKIPPED("skipped"),
  /** It moved to a retry destination. */
  MOVED("moved");

  private final String label;

  Finish(String label) {
    this.label = label;
  }

  /** As written in events, metrics and reports. */
  public String label() {
    return label;
  }
}
