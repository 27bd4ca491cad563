package dev.tailrace.processing;

import dev.tailrace.observe.Finish;
import java.time.Duration;
import java.util.Locale;

/** How a flight ended; tells the dispatcher what becomes of the message. */
public sealed interface Landing {
  /** The message is finished: its outcome is settled. */
  record Finished(Finish finish, String detail) implements Landing {
    private static final Finished DONE = new Finished(Finish.DONE, "");

    static Finished of(Finish finish, String detail) {
      return finish == Finish.DONE && detail.isEmpty() ? DONE : new Finished(finish, detail);
    }
  }

  /**
   * The message waits for another flight.
   *
   * @param delay how long, at least zero
   * @param reason in words
   * @param why all but busy count against the ceiling of parked messages
   */
  record Again(Duration delay, String reason, Why why) implements Landing {}

  /** The message goes back to its source unfinished. */
  record Released(String reason) implements Landing {}

  /**
   * Nothing more can be done for the message before the process ends: its effect or its dead letter
   * may stand without its mark.
   */
  record Unsettled(String stage) implements Landing {}

  /** Why a message waits. */
  enum Why {
    /** It failed. */
    RETRY,
    /** Its handler asked for it. */
    SNOOZE,
    /** Another worker holds its key. */
    BUSY,
    /** It failed, as others do: that is an outage, and was no attempt. */
    OUTAGE;

    /** As written in the event log. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
