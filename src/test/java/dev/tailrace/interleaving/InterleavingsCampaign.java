package dev.tailrace.interleaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * All interleavings, deeper and deeper: {@code mvn verify -Pchaos -Dit.test=InterleavingsCampaign
 * [-Dchaos.minutes=N]}.
 */
class InterleavingsCampaign {
  private static final Duration TIME = CampaignTime.INTERLEAVINGS.orElse(Duration.ofMinutes(10));

  @Test
  void noInterleavingBreaksAPromise() {
    long end = System.nanoTime() + TIME.toNanos();
    int depth = 2;
    do {
      TestExecutionSummary summary = run(depth);
      tell("depth %d: %d held".formatted(depth, summary.getTestsSucceededCount()));
      summary.printFailuresTo(new PrintWriter(System.out, true, Charset.defaultCharset()));
      summary
          .getFailures()
          .forEach(
              failure ->
                  ProofResults.merge(
                      "lincheck",
                      new JsonObject()
                          .put(
                              "failures",
                              new JsonArray()
                                  .add(failure.getTestIdentifier().getLegacyReportingName()))));
      assertThat(summary.getFailures()).isEmpty();
      assertThat(summary.getTestsSucceededCount()).isGreaterThan(15);
      depth++;
    } while (System.nanoTime() < end);
  }

  private static TestExecutionSummary run(int depth) {
    System.setProperty("interleavings.depth", String.valueOf(depth));
    try {
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectPackage("dev.tailrace"))
                  .filters(ClassNameFilter.includeClassNamePatterns(".*InterleavingsTest"))
                  .build(),
              listener);
      return listener.getSummary();
    } finally {
      System.clearProperty("interleavings.depth");
    }
  }

  private static void tell(String line) {
    System.out.println("lincheck: " + line);
  }
}
