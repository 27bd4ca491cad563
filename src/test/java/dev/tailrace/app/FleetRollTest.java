package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A fleet is rolled one process after the other, and no further than it goes well. */
final class FleetRollTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Simulation world = Simulation.seeded(1);
  private final SimulatedLoop loop = world.loop("steering");
  private final ManualFleet fleet = new ManualFleet();
  private final List<FleetMember> members =
      new ArrayList<>(
          List.of(fleet.with("a", "a-1", "running", 10), fleet.with("b", "b-1", "running", 10)));
  private final List<String> told = new ArrayList<>();

  @Test
  void theNextOneDrainsWhenTheOneBeforeIsReplacedAndTheFleetHasCaughtUp() {
    Future<List<FleetAnswer>> rolled = roll();
    assertThat(fleet.given).containsExactly("replace a-1");
    fleet.with("a", "a-1", "draining", 10);
    look();
    fleet.ends("a-1", "clean");
    look();
    fleet.with("a", "a-2", "starting", 0);
    look();
    fleet.with("a", "a-2", "running", 5_000);
    look();
    assertThat(fleet.given).as("it is behind").hasSize(1);

    fleet.with("a", "a-2", "running", 100);
    look();
    look();
    assertThat(fleet.given).containsExactly("replace a-1", "replace b-1");
    fleet.ends("b-1", "clean");
    fleet.with("b", "b-2", "running", 0);
    look();
    look();

    assertThat(rolled.result()).allMatch(FleetAnswer::done);
    assertThat(told).containsExactly("a replaced by a a-2", "b replaced by b b-2");
    assertThat(fleet.resigned).isTrue();
  }

  @Test
  void aReplacementOfAnotherNameIsOneToo() {
    Future<List<FleetAnswer>> rolled = roll("a-1");
    fleet.ends("a-1", "clean");
    FleetMember other = fleet.with("c", "c-1", "running", 0);
    look();
    assertThat(rolled.isComplete()).as("a/0 is held by nobody").isFalse();

    fleet.members.put("c-1", holding(other, "a/0"));
    look();

    assertThat(rolled.result()).allMatch(FleetAnswer::done);
  }

  @Test
  void aReportThatIsNotCleanIsTheLast() {
    Future<List<FleetAnswer>> rolled = roll();
    fleet.ends("a-1", "incomplete");
    fleet.with("a", "a-2", "running", 0);
    look();

    assertThat(rolled.result()).singleElement().matches(one -> !one.done());
    assertThat(told).containsExactly("a its drain was incomplete, exit code 6");
    assertThat(fleet.given).containsExactly("replace a-1");
    assertThat(fleet.resigned).isTrue();
  }

  @Test
  void whoEndsWithoutAWordIsTheLast() {
    Future<List<FleetAnswer>> rolled = roll();
    fleet.members.remove("a-1");
    look();

    assertThat(rolled.result()).singleElement().matches(one -> !one.done());
    assertThat(told).containsExactly("a it ended without a report");
  }

  @Test
  void whomNobodyReplacesIsTheLast() {
    Future<List<FleetAnswer>> rolled = roll();
    fleet.ends("a-1", "clean");
    world.runFor(PATIENCE.plusSeconds(2));

    assertThat(rolled.result()).singleElement().matches(one -> !one.done());
    assertThat(told)
        .containsExactly("a it has drained, and no other one runs in its place after 60 s");
  }

  @Test
  void nobodyDrainsBesideAnother() {
    fleet.with("b", "b-1", "draining", 0);
    Future<List<FleetAnswer>> rolled = roll("a-1");
    look();
    assertThat(fleet.given).isEmpty();

    fleet.ends("b-1", "clean");
    look();
    assertThat(fleet.given).containsExactly("replace a-1");
    assertThat(rolled.isComplete()).isFalse();
  }

  @Test
  void whoLosesTheLeadGoesNoFurther() {
    Future<List<FleetAnswer>> rolled = roll();
    fleet.ends("a-1", "clean");
    fleet.with("a", "a-2", "running", 0);
    loop.turn(() -> fleet.lost.accept("it ran out"));
    look();

    assertThat(rolled.result()).singleElement().matches(one -> !one.done());
    assertThat(fleet.given).containsExactly("replace a-1");
  }

  @Test
  void whereAnotherLeadsNothingIsOrdered() {
    fleet.leader = "process 7 on ops";
    Future<List<FleetAnswer>> rolled = roll();

    assertThat(rolled.cause()).hasMessage("the fleet is led by process 7 on ops now");
    assertThat(fleet.given).isEmpty();
  }

  @Test
  void aVersionThatTakesNoOrdersIsSaidToBeSo() {
    FleetMember old = members.get(0);
    members.set(
        0,
        FleetMember.read(
                old.toJson().putNull("orders").encode().replace("\"orders\":null", "\"x\":0"))
            .orElseThrow());
    Future<List<FleetAnswer>> rolled = roll();

    assertThat(told).containsExactly("a it takes no such orders");
    assertThat(rolled.result()).singleElement().matches(one -> !one.done());
    assertThat(fleet.given).isEmpty();
  }

  @Test
  void ordersToAllAreGivenAtOnceAndEachIsAnsweredForItself() {
    FleetSteering steering = new FleetSteering(loop, fleet, PATIENCE, "ops");
    Future<List<FleetAnswer>> paused =
        loop.call(() -> steering.order(FleetOrder.Verb.PAUSE, members));
    assertThat(fleet.given).containsExactly("pause a-1", "pause b-1");
    fleet.with("a", "a-1", "paused", 0);
    world.runFor(PATIENCE.plusSeconds(2));

    assertThat(paused.result()).extracting(FleetAnswer::done).containsExactly(true, false);
    assertThat(paused.result().get(1).detail()).isEqualTo("it is not paused after 60 s");
  }

  private Future<List<FleetAnswer>> roll(String... incarnations) {
    List<String> some = List.of(incarnations);
    List<FleetMember> meant =
        members.stream().filter(one -> some.isEmpty() || some.contains(one.incarnation())).toList();
    FleetSteering steering = new FleetSteering(loop, fleet, PATIENCE, "ops");
    return loop.call(
        () ->
            new FleetRoll(steering, one -> told.add(one.instance() + " " + one.detail()))
                .run(meant));
  }

  private static FleetMember holding(FleetMember member, String source) {
    return FleetMember.read(member.toJson().put("assignments", List.of("c/0", source)).encode())
        .orElseThrow();
  }

  private void look() {
    world.runFor(FleetSteering.LOOK.plusMillis(1));
  }
}
