package dev.tailrace.verify;

/** The ten promises, as they are judged. */
public enum Guarantee {
  /** Nothing is lost. */
  P1("nothing is lost"),
  /** Effects are not repeated beyond the declared grade. */
  P2("nothing is repeated"),
  /** Messages of a lane run one after the other, in order. */
  P3("order is kept"),
  /** Every bound holds at every instant. */
  P4("bounds hold"),
  /** A drain takes nothing new and its report equals what happened. */
  P5("the drain's report is true"),
  /** A committed position passes nothing unfinished and never moves back. */
  P6("commits are honest"),
  /** Late work changes nothing that is not its own. */
  P7("zombies change nothing"),
  /** A message that always fails ends as a dead letter. */
  P8("poison ends"),
  /** A dead letter is acknowledged before its position passes. */
  P9("dead letters come before commits"),
  /** The counts add up. */
  P10("the numbers add up");

  private final String title;

  Guarantee(String title) {
    this.title = title;
  }

  /** The promise in a few words. */
  public String title() {
    return title;
  }
}
