package dev.tailrace.bench;

/** What a contender tells the server of. */
enum Acknowledges {
  /** Positions, as time goes by, whether the work below them is done or not. */
  TIME,
  /** All that a poll brought, at its end. */
  POLLS,
  /** Each message by itself, once it is done. */
  EACH
}
