package dev.tailrace.source;

/** How long a source reads. */
public enum Until {
  /** Until the pool stops. */
  STOP,
  /** Until all has finished that was there when it opened; what comes meanwhile is read, too. */
  END;

  /** For people, in the configuration's schema. */
  public static final String MEANING =
      "How long it is read: until the pool stops, or until all has finished that was there at the"
          + " start; the process ends when all its pipelines have come to their end";
}
