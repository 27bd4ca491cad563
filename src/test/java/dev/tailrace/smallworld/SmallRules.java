package dev.tailrace.smallworld;

import dev.tailrace.dispatch.DispatchConfig;
import dev.tailrace.idempotency.ClaimClient;
import dev.tailrace.idempotency.ClaimConfig;
import dev.tailrace.idempotency.IdempotencyStore.ClaimRequest;
import dev.tailrace.idempotency.KeyRule;
import dev.tailrace.message.Origin;
import dev.tailrace.processing.BatchLimits;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.RetryPolicy;
import dev.tailrace.runtime.Batcher;
import dev.tailrace.runtime.HeapRules;
import dev.tailrace.runtime.ResendingBatcher;
import dev.tailrace.runtime.Workers;
import dev.tailrace.source.Partition;
import dev.tailrace.source.SourceEnvironment;
import dev.tailrace.source.TrackedPartition;

/**
 * What does not make one state of the small world differ from another.
 *
 * <ul>
 *   <li>What is the same in all states: settings, and all of a message but its offset.
 *   <li>How old a thing is. Ages are read by time-outs of handlers, which are an hour here, and by
 *       what people read.
 *   <li>Which claim id it is: a new one is none of the old ones, and the rest of the world asks
 *       only whether two are the same. So the client's count of them does not matter either.
 *   <li>How much has happened so far. The counts of messages are read by the check of P10 alone,
 *       that they add up; it holds in each state that is named, so what follows adds up alike. The
 *       numbers of a batcher's items tell those that a flush waits for: here only renewals are
 *       flushed, all that there are.
 *   <li>What only logs, alarms and reports tell, and what only {@link Sightings} count.
 * </ul>
 *
 * <p>Each world that was exhausted is run freely, too: were something missing here, {@link
 * dev.tailrace.runtime.FreeRun} would come to states that were not enumerated.
 */
final class SmallRules {
  /** In each claim id, where dice are left out. */
  private static final String CLAIM_ID = "-0000000000000000-";

  static final HeapRules RULES =
      new HeapRules()
          .ignore(DispatchConfig.class)
          .ignore(ClaimConfig.class)
          .ignore(KeyRule.class)
          .ignore(RetryPolicy.class)
          .ignore(BatchLimits.class)
          .ignore(Crew.Timing.class)
          .ignore(Workers.class)
          .leaveOut("dev.tailrace.dispatch.Holdings", "pace") // foretells drains; none is here
          .ignore(Sightings.class)
          .ignore(ResendingBatcher.Pauses.class)
          .ignore(Batcher.BatcherLimits.class)
          .leaveOut(SourceEnvironment.class, "pipeline", "instance", "consumer", "meters")
          .leaveOut(Partition.class, "source")
          .leaveOut(Crew.class, "pipeline")
          .leaveOut(ClaimRequest.class, "payloadHash", "lease")
          .leaveOut("dev.tailrace.idempotency.MemoryStore$Entry", "payloadHash", "leaseNanos")
          .leaveOut(SmallMessage.class, "key")
          .leaveOut(Origin.class, "source", "minor")
          .leaveOut(Flight.class, "departed")
          .leaveOut("dev.tailrace.processing.Attempt", "since")
          .leaveOut("dev.tailrace.processing.Told", "cutoff")
          .leaveOut("dev.tailrace.dispatch.PartitionBuffer", "pipeline")
          .leaveOut("dev.tailrace.dispatch.LaneTable", "ended") // lanes for later use
          .leaveOut("dev.tailrace.dispatch.Entry", "receivedNanos")
          .name(text -> text.contains(CLAIM_ID))
          .leaveOut(ClaimClient.class, "asked")
          .leaveOut("dev.tailrace.dispatch.Tally", "finished", "received", "released")
          .leaveOut(ResendingBatcher.class, "submitted", "flushed", "unknown")
          .leaveOut("dev.tailrace.runtime.ResendingBatcher$Item", "number")
          .leaveOut(Batcher.class, "submitted")
          .leaveOut("dev.tailrace.runtime.Batcher$Pending", "number")
          .leaveOut("dev.tailrace.runtime.Batcher$Flush", "bound")
          .leaveOut(TrackedPartition.class, "gapSince", "result")
          .leaveOut("dev.tailrace.source.CommitRound", "troubled")
          .leaveOut(SmallWitness.Effects.class, "last")
          .leaveOut(SmallInstance.class, "startedEpoch") // of the call that comes next
          .leaveOut(SmallWitness.class, "clock") // a root of its own
          .leaveOut(StoreClock.class, "simulation");

  private SmallRules() {}
}
