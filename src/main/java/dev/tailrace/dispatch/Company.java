package dev.tailrace.dispatch;

import java.util.function.BooleanSupplier;

/**
 * Whether others may join a batch that fills: a message is on its way to its handler, may start, or
 * may come from the source. Event loop only.
 *
 * @param limits how many may start
 * @param holdings what is here
 * @param credit what may come
 * @param stops whether somebody waits for the end
 * @param admits whether anything may start
 */
record Company(
    Limits limits, Holdings holdings, Credit credit, Stops stops, BooleanSupplier admits) {

  /**
   * Whether somebody may.
   *
   * @param patient whether the batch waits for what is still to come
   */
  boolean mayCome(boolean patient) {
    if (stops.isHurried()) {
      return false;
    }
    boolean startable = admits.getAsBoolean() && holdings.tally.executing() < limits.concurrency();
    return holdings.airborne.isClaiming()
        || (startable && (!holdings.ready.isEmpty() || (patient && credit.mayBring())));
  }
}
