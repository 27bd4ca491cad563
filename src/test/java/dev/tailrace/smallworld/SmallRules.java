package dev.tailrace.smallworld;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.message.Origin;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.HeapRules;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.TrackedPartition;

/**
 * What is the same in all states: settings, and all of a message but its offset. And what does not
 * make one state of the small world differ from another: how old a thing is. Ages are read by
 * time-outs of handlers, which are an hour here, and by what people read.
 */
final class SmallRules {
  static final HeapRules RULES =
      new HeapRules()
          .ignore(DispatchConfig.class)
          .ignore(ClaimConfig.class)
          .ignore(KeyRule.class)
          .ignore(RetryPolicy.class)
          .ignore(Crew.Timing.class)
          .ignore(Workers.class)
          .ignore(Sightings.class)
          .leaveOut(SmallMessage.class, "key")
          .leaveOut(Origin.class, "source", "minor")
          .leaveOut(Flight.class, "departed", "since", "cutoff")
          .leaveOut("dev.tailrace.dispatch.Entry", "receivedNanos")
          .leaveOut(TrackedPartition.class, "gapSince");

  private SmallRules() {}
}
