package dev.tailrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Equal states have one fingerprint, different ones have two. */
final class HeapFingerprintTest {
  private static final long NOW = HeapFingerprint.CLOCK_START.toNanos() + 5;

  private final HeapFingerprint fingerprint = new HeapFingerprint(new HeapRules());

  @SuppressWarnings("UnusedVariable") // read as the heap is read
  private static final class Node {
    private final String name;
    private final long deadline;
    private @Nullable Node next;

    Node(String name, long deadline) {
      this.name = name;
      this.deadline = deadline;
    }
  }

  private Fingerprint of(Object... roots) {
    return fingerprint.of(NOW, roots);
  }

  @Test
  void objectsAreKnownByWhatTheyHold() {
    assertThat(of(new Node("a", 1))).isEqualTo(of(new Node("a", 1)));
    assertThat(of(new Node("a", 1))).isNotEqualTo(of(new Node("b", 1)));
    assertThat(of(new Node("a", 1))).isNotEqualTo(of(new Node("a", 2)));
    assertThat(of(List.of(1, 2))).isNotEqualTo(of(List.of(2, 1)));
    assertThat(of(Buffer.buffer("x"))).isEqualTo(of(Buffer.buffer("x")));
    assertThat(of(Buffer.buffer("x"))).isNotEqualTo(of(Buffer.buffer("y")));
    assertThat(of(new LinkedHashMap<>(Map.of("a", 1))))
        .isNotEqualTo(of(new LinkedHashMap<>(Map.of("a", 2))));
  }

  @Test
  void aSharedObjectIsNotTwoEqualOnes() {
    Node shared = new Node("a", 1);

    assertThat(of(shared, shared)).isNotEqualTo(of(new Node("a", 1), new Node("a", 1)));
  }

  @Test
  void circlesEnd() {
    Node one = new Node("a", 1);
    one.next = new Node("b", 1);
    one.next.next = one;
    Node open = new Node("a", 1);
    open.next = new Node("b", 1);

    assertThat(of(one)).isNotEqualTo(of(open));
  }

  @Test
  void whatLambdasAndFuturesCarryCounts() {
    List<Runnable> turns = new ArrayList<>();
    for (String name : List.of("a", "b", "a")) {
      turns.add(() -> turns.add(() -> System.getProperty(name)));
    }
    assertThat(of(turns.get(0))).isEqualTo(of(turns.get(2)));
    Promise<String> waiting = Promise.promise();
    Fingerprint before = of(waiting);
    waiting.future().onSuccess(done -> new Node(done, 1));
    Fingerprint listened = of(waiting);
    waiting.complete("done");

    assertThat(listened).isNotEqualTo(before);
    assertThat(of(waiting)).isNotEqualTo(listened).isNotEqualTo(before);
  }

  @Test
  void timeCountsFromNowAndAgesDoNot() {
    Node soon = new Node("a", NOW + 100);

    assertThat(fingerprint.of(NOW, soon))
        .isEqualTo(fingerprint.of(NOW + 1_000, new Node("a", NOW + 1_100)))
        .isNotEqualTo(fingerprint.of(NOW + 1, soon));
    assertThat(fingerprint.of(NOW + 101, soon)).isEqualTo(fingerprint.of(NOW + 9_999, soon));
  }

  @Test
  void whatHasNoRuleIsAnError() {
    assertThatThrownBy(() -> of(new ArrayDeque<>(List.of(new Random(1)))))
        .hasMessageContaining("no rule for class java.util.Random");
    assertThatThrownBy(() -> new HeapRules().leaveOut(Node.class, "gone"))
        .hasMessageContaining("a rule for nothing");
  }

  @Test
  void aLeftOutFieldDoesNotCount() {
    HeapRules rules = new HeapRules().leaveOut(Node.class, "deadline");
    HeapFingerprint ageless = new HeapFingerprint(rules);

    assertThat(ageless.of(NOW, new Node("a", 1))).isEqualTo(ageless.of(NOW, new Node("a", 2)));
    assertThat(ageless.of(NOW, new Node("a", 1))).isNotEqualTo(ageless.of(NOW, new Node("b", 1)));
  }
}
