package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Versions of one fleet understand each other as far as both know the words. */
final class FleetMemberTest {
  /** As the first version says it, and as later ones must go on to. */
  private static final Set<String> FIRST_WORDS =
      Set.of(
          "schema",
          "instance",
          "incarnation",
          "host",
          "version",
          "state",
          "since",
          "assignments",
          "inFlight",
          "finished",
          "perSecond",
          "lag");

  private static final FleetMember SOME =
      new FleetMember(
          "a",
          "run",
          "host",
          "1.0",
          "running",
          "now",
          List.of("t/0"),
          1,
          2,
          3,
          4,
          5,
          List.of("drain"));

  @Test
  void whatIsSaidIsRead() {
    assertThat(FleetMember.read(SOME.toJson().encode())).contains(SOME);
    assertThat(SOME.obeys(FleetOrder.Verb.DRAIN)).isTrue();
    assertThat(SOME.obeys(FleetOrder.Verb.REPLACE)).isFalse();
  }

  @Test
  void anOlderVersionIsReadAndObeysNothing() {
    JsonObject old = SOME.toJson();
    old.fieldNames().removeIf(key -> !FIRST_WORDS.contains(key));

    FleetMember read = FleetMember.read(old.encode()).orElseThrow();
    assertThat(read.lag()).isEqualTo(4);
    assertThat(read.unknownLags()).isZero();
    assertThat(read.orders()).isEmpty();
  }

  @Test
  void aNewerVersionIsReadWithoutWhatItAddsAndSaysWhatOlderOnesRead() {
    JsonObject newer =
        SOME.toJson().put("schema", 9).put("zone", "eu").put("state", "contemplating");

    assertThat(FleetMember.read(newer.encode()).orElseThrow().state()).isEqualTo("contemplating");
    assertThat(SOME.toJson().fieldNames()).containsAll(FIRST_WORDS);
  }

  @Test
  void whatCannotBeReadIsNobody() {
    assertThat(FleetMember.read("{\"instance\": ")).isEmpty();
    assertThat(FleetMember.read("{\"instance\": {}, \"lag\": \"much\"}")).isEmpty();
  }
}
