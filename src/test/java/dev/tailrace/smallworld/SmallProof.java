package dev.tailrace.smallworld;

import dev.tailrace.proof.ProofResults;
import dev.tailrace.runtime.Enumeration.Findings;
import io.vertx.core.json.JsonObject;

/** What was enumerated, for the terminal and for the results file. */
final class SmallProof {
  private final JsonObject exhausted = new JsonObject();
  private final JsonObject cutShort = new JsonObject();
  private final long began = System.nanoTime();
  private long last = began;
  private int failures;
  private int allFreeRuns;

  /** A line for the terminal. */
  static void tell(SmallSetting setting, Findings findings, String how) {
    System.out.printf(
        "small world: %s: %,d states, %,d steps, %,d runs, %s%n",
        setting, findings.states(), findings.transitions(), findings.runs(), how);
  }

  /** One more world has been looked at, and {@code freeRuns} through it met nothing else. */
  void add(SmallSetting setting, Findings findings, int freeRuns) {
    long now = System.nanoTime();
    double seconds = (now - last) / 1e9;
    last = now;
    tell(
        setting,
        findings,
        "%s, %.1f s".formatted(findings.exhausted() ? "exhausted" : "not exhausted", seconds));
    failures += findings.counterexample() == null ? 0 : 1;
    allFreeRuns += freeRuns;
    (findings.exhausted() ? exhausted : cutShort)
        .put(
            setting.toString(),
            new JsonObject()
                .put("mostStates", findings.states())
                .put("mostSteps", findings.transitions())
                .put("mostRuns", findings.runs())
                .put("mostSeconds", Math.round(seconds)));
  }

  /** Adds it all to the results. */
  void write() {
    JsonObject run =
        new JsonObject()
            .put("mostExhausted", exhausted.size())
            .put("failures", failures)
            .put("freeRuns", allFreeRuns)
            .put("mostSeconds", (System.nanoTime() - began) / 1_000_000_000)
            .put("exhausted", exhausted);
    if (!cutShort.isEmpty()) {
      run.put("cutShort", cutShort);
    }
    ProofResults.merge("smallWorld", run);
  }
}
