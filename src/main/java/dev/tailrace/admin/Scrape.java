package dev.tailrace.admin;

import dev.tailrace.app.PoolStatus;

/** The metrics page. */
@FunctionalInterface
public interface Scrape {
  /**
   * Takes the pool's numbers into the meters and prints all meters, in one step: two scrapes at
   * once do not mix, so that the counts of each page add up.
   *
   * @return in Prometheus' text format
   */
  String page(PoolStatus status);
}
