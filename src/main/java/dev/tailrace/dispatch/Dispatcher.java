package dev.tailrace.dispatch;

import dev.tailrace.message.CancelReason;
import dev.tailrace.observe.Finish;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import dev.tailrace.processing.Airport;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.Landing;
import dev.tailrace.runtime.FailPoint;
import dev.tailrace.runtime.Loop;
import dev.tailrace.source.Delivery;
import dev.tailrace.source.Intake;
import dev.tailrace.source.MarkHolder;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bounded pool of one consumer: takes deliveries into lanes, gives the heads of lanes permits,
 * fairly among their partitions, and lets each flight's landing decide what follows.
 *
 * <p>Belongs to the consumer's loop; every method is called in its turns. The buffer is bounded by
 * the credit it gives to its source, executing messages by {@code concurrency}, waiting retries by
 * {@code parked}. {@link #quiesce} is the one way to stop work.
 */
public final class Dispatcher implements Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final Crew crew;
  private final Loop loop;
  private final PoolEvents events;
  private final Limits limits;
  private final Holdings holdings;
  private final Tally tally;
  private final Credit credit;
  private final Releases releases;
  private final Stops stops;
  private final Probing probing;
  private final Suspects suspects;
  private final Pump pump;
  private final Retries retries;
  private final Batches batches;
  private final Airport airport;

  /** The only consumer of its pool. */
  public Dispatcher(DispatchConfig config, Crew crew, Source source) {
    this(config, crew, source, new Solitude());
  }

  /**
   * Joins a crew to a source; nothing happens before the source's first assignment.
   *
   * @param solitude shared by the consumers of the pool
   */
  public Dispatcher(DispatchConfig config, Crew crew, Source source, Solitude solitude) {
    this.crew = crew;
    this.loop = crew.loop();
    this.events = crew.events();
    Abandonments abandonments = new Abandonments(loop);
    this.limits = new Limits(config);
    this.holdings = new Holdings(new Airborne(loop, crew.timing()), new Parking(limits));
    this.tally = holdings.tally;
    this.credit = new Credit(limits, source, tally, holdings.partitions.values());
    this.pump = new Pump(loop, this::startNext, this::settle);
    this.releases = new Releases(holdings, events, abandonments);
    Expectation expected = new Expectation(holdings, crew.timing().timeout(), pump::run);
    this.stops = new Stops(loop, holdings, releases, abandonments, expected);
    this.batches = new Batches(crew, new Company(limits, holdings, credit, stops, this::admits));
    this.suspects = new Suspects(crew, solitude, pump::run, batches::changed);
    this.probing = new Probing(crew, pump::run, () -> loop.execute(this::releaseInOutage));
    this.retries =
        new Retries(
            crew,
            holdings,
            new Retries.Room(credit, stops, releases),
            new Retries.Restarts(probing, suspects, pump, one -> fly(one, loop.nanos())));
    Runway runway = new Runway(loop, pump, () -> tally.isFull(limits), this::landed);
    this.airport = new Airport(crew, new Ends(holdings, stops, suspects, batches, runway, pump));
  }

  // -- the source's side

  @Override
  public void assigned(List<Partition> added) {
    assigned(added, Credit.WEIGHT);
  }

  @Override
  public void assignedAside(List<Partition> added) {
    assigned(added, Credit.WEIGHT_ASIDE);
  }

  private void assigned(List<Partition> added, int weight) {
    assert loop.inLoop();
    added.forEach(one -> holdings.own(new PartitionBuffer(one, limits.wanted(), weight)));
    credit.updateAll();
  }

  @Override
  public void accept(List<Delivery> batch) {
    assert loop.inLoop();
    long now = loop.nanos();
    for (Delivery delivery : batch) {
      PartitionBuffer home = holdings.homeOf(delivery);
      if (home == null || stops.covers(delivery.partition())) {
        delivery.release();
      } else {
        receive(new Entry(delivery, home, now));
        pump.took();
      }
    }
    credit.changed();
    pump.run();
  }

  @Override
  public Future<Void> revoke(List<Partition> going, Duration deadline) {
    FailPoint.REVOKE.reach();
    long began = loop.nanos();
    return quiesce(Scope.partitions(going), QuiescePlan.revoke(deadline))
        .map(
            quiesced -> {
              FailPoint.REVOKE_RESTED.reach();
              forget(going);
              events.revocation(crew.pipeline(), Duration.ofNanos(loop.nanos() - began));
              return null;
            });
  }

  @Override
  public int forgottenStarts() {
    return crew.forgetsStarts() ? limits.concurrency() : 0;
  }

  @Override
  public void lost(List<Partition> gone) {
    assert loop.inLoop();
    Scope scope = Scope.partitions(gone);
    releases.releaseWaiting(scope, "partition lost");
    releases.cancelFlights(scope, CancelReason.REVOKED);
    releases.leaveFlights(scope, QuiescePlan.Leave.OVERRAN);
    forget(gone);
    stops.check();
    pump.run();
  }

  @Override
  public void lostDeliveries(List<Delivery> deliveries) {
    assert loop.inLoop();
    for (Delivery delivery : deliveries) {
      Entry entry = holdings.find(delivery);
      if (entry != null) {
        entry.lost = true;
        if (entry.stage != Entry.Stage.EXECUTING) {
          releases.drop(entry);
        } else {
          if (entry.flight != null) {
            entry.flight.forbidStart();
          }
          events.overran(entry);
        }
      }
    }
    credit.updateAll();
    stops.check();
    pump.run();
  }

  // -- stopping

  /**
   * Brings the work in {@code scope} to rest, as {@code plan} says: the one way to stop. Signal,
   * undeploy, revocation and pause are its callers. Called again while an earlier call has not
   * completed, the stricter of the plans decides, and both complete.
   *
   * @return completes when nothing of the scope is executing, buffered or parked, save what was
   *     left behind; never fails
   */
  public Future<Quiesced> quiesce(Scope scope, QuiescePlan plan) {
    assert loop.inLoop();
    if (scope.isAll()) {
      credit.open(false);
    }
    Future<Quiesced> quiesced = stops.begin(scope, plan);
    if (probing.isOpen()) {
      releaseInOutage();
    }
    return quiesced;
  }

  /** What cannot start any more need not wait for the moment from which on nothing may. */
  private void releaseInOutage() {
    if (stops.isDraining()) {
      probing.stop();
      releases.releaseWaiting(Scope.all(), "outage");
      stops.check();
    }
  }

  /** The consumer has ended: no other one waits for it. */
  public void close() {
    assert loop.inLoop();
    suspects.close();
  }

  /** Takes up work again after {@link QuiescePlan#pause}; does nothing once a drain has begun. */
  public void resume() {
    assert loop.inLoop();
    stops.endPause();
    credit.open(!stops.isDraining());
    pump.run();
  }

  // -- what others read

  /** The count of messages at this instant. */
  public MessageCounts counts() {
    assert loop.inLoop();
    return tally.snapshot();
  }

  /** The message that has been here for longest, or empty. */
  public Optional<Oldest> oldest() {
    assert loop.inLoop();
    return Oldest.among(holdings.heads(), loop.nanos());
  }

  @Override
  public Map<String, MarkHolder> markHolders() {
    assert loop.inLoop();
    return holdings.markHolders();
  }

  /** How many handlers have run past their time-out and the grace after it. */
  public int stuck() {
    assert loop.inLoop();
    return holdings.airborne.stuck();
  }

  /** Why the breaker holds starts back, in words; empty where it does not. */
  public Optional<String> outage() {
    assert loop.inLoop();
    return probing.inWords();
  }

  /**
   * Why nothing starts for the sake of a message that runs alone, in words; empty where it does.
   */
  public Optional<String> suspended() {
    assert loop.inLoop();
    return suspects.inWords();
  }

  /** What a drain would have before it now. */
  public Workload workload() {
    assert loop.inLoop();
    return probing.isOpen() ? Workload.NONE : holdings.workload(limits.concurrency());
  }

  /** The permits of this consumer. */
  public int limit() {
    return limits.concurrency();
  }

  /**
   * Changes the limits while work goes on. Smaller ones take nothing away: nothing more starts,
   * comes or parks until there is less than they allow, and until then the earlier ones hold.
   *
   * @return completes when there is no more than the newest limits allow
   */
  public Future<Void> limit(DispatchConfig next) {
    assert loop.inLoop();
    // Whoever has a permit has a worker, also while there are more of them than the limit.
    loop.limit(crew.workers().limitedTo(Math.max(next.concurrency(), tally.executing())));
    Future<Void> kept = limits.change(next);
    credit.limited();
    pump.run();
    return kept.onSuccess(any -> loop.limit(crew.workers().limitedTo(limits.concurrency())));
  }

  // -- the way of a message

  private void receive(Entry entry) {
    tally.received(entry);
    credit.spent(entry.home, entry.bytes());
    events.received(entry);
    if (entry.delivery().finishedBefore()) {
      tally.finished(entry, Finish.SKIPPED);
      events.settled(entry, Finish.SKIPPED, "finished before");
      entry.delivery().settle();
    } else if (entry.home.enter(entry)) {
      holdings.ready.add(entry);
    }
  }

  /** Whose turn it is; what waits with a permit, and was tried, comes last. */
  private boolean startNext() {
    if (!admits()) {
      return false;
    }
    Entry entry = tally.isFull(limits) ? null : nextReady();
    if (entry != null) {
      start(entry);
      return true;
    }
    Entry held = holdings.takeHeld();
    if (held != null) {
      holdings.airborne.remove(held);
      fly(held, loop.nanos());
    }
    return held != null;
  }

  private void settle() {
    credit.settle();
    limits.look(holdings);
    batches.changed();
  }

  private boolean admits() {
    return probing.admits() && suspects.admits();
  }

  /** Whose turn it is, or what is drawn for a probe. */
  private @Nullable Entry nextReady() {
    return probing.isOpen() ? holdings.ready.draw(loop.random()) : holdings.ready.poll();
  }

  private void start(Entry entry) {
    tally.move(entry, Entry.Stage.EXECUTING);
    long now = pump.nanos();
    events.waited(entry, now - entry.receivedNanos);
    fly(entry, now);
    credit.changed(entry.home);
  }

  /** Begins an attempt; the permit is held already. */
  private void fly(Entry entry, long now) {
    Flight flight = new Flight(airport, entry, now);
    entry.flight = flight;
    probing.started(entry);
    suspects.departs();
    stops.limit(entry, flight);
    flight.depart();
    if (entry.flight == flight) {
      holdings.airborne.add(entry);
    }
  }

  private void landed(Flight flight, Landing landing) {
    Entry entry = (Entry) flight.item();
    entry.flight = null;
    entry.delivery().rests();
    holdings.airborne.remove(entry);
    probing.landed(entry, landing);
    suspects.landed(flight);
    if (entry.stage == Entry.Stage.GONE) {
      LOG.warn("{} ended after it was left behind: {}", entry, landing);
      return;
    }
    if (landing instanceof Landing.Finished finished) {
      holdings.pace.add(flight.age());
      finish(entry, finished);
    } else if (landing instanceof Landing.Again again) {
      retries.again(entry, again);
    } else if (landing instanceof Landing.Released released) {
      retries.again(entry, new Landing.Again(ASK_AGAIN, released.reason(), Landing.Why.BUSY));
    } else if (landing instanceof Landing.Unsettled unsettled) {
      releases.abandon(entry, unsettled.stage());
    }
    credit.changed(entry.home);
    stops.check();
    pump.run();
  }

  private void finish(Entry entry, Landing.Finished finished) {
    tally.finished(entry, finished.finish());
    events.settled(entry, finished.finish(), finished.detail());
    FailPoint.BEFORE_COMMIT.reach();
    entry.delivery().settle();
    holdings.advance(entry);
  }

  private void forget(List<Partition> gone) {
    holdings.forget(gone);
    credit.updateAll();
  }
}
