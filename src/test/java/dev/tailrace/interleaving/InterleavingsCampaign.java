package dev.tailrace.interleaving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.tailrace.proof.CampaignTime;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/**
 * All interleavings, deeper and deeper: {@code mvn verify -Pchaos -Dit.test=InterleavingsCampaign
 * [-Dchaos.minutes=N]}.
 */
class InterleavingsCampaign {
  private static final Duration TIME = CampaignTime.INTERLEAVINGS.orElse(Duration.ofMinutes(10));

  @Test
  void noInterleavingBreaksAPromise() {
    long begun = System.nanoTime();
    List<String> failed = new ArrayList<>();
    long held = 0;
    for (int depth = 2; depth == 2 || !over(begun); depth++) {
      List<Class<?>> left = new ArrayList<>(structures());
      // Where the time is over, the first depth is cut short, too, and the results say less.
      while (!left.isEmpty() && (held == 0 || !over(begun))) {
        Class<?> structure = left.remove(0);
        TestExecutionSummary summary = run(depth, structure);
        held += summary.getTestsSucceededCount();
        summary.printFailuresTo(new PrintWriter(System.out, true, Charset.defaultCharset()));
        summary.getFailures().forEach(failure -> failed.add(record(failure)));
        tell(
            "depth %d: %s: %d held, %d broken; %d structures left"
                .formatted(
                    depth,
                    structure.getSimpleName(),
                    summary.getTestsSucceededCount(),
                    summary.getFailures().size(),
                    left.size()));
      }
    }
    assertThat(failed).isEmpty();
    assertThat(held).isPositive();
  }

  private static boolean over(long begun) {
    return System.nanoTime() - begun >= TIME.toNanos();
  }

  /** All that two threads touch. */
  private static List<Class<?>> structures() {
    List<Class<?>> found =
        ReflectionSupport.findAllClassesInPackage(
            "dev.tailrace", each -> true, name -> name.endsWith("InterleavingsTest"));
    assertThat(found).hasSizeGreaterThan(15);
    return found.stream().sorted(Comparator.comparing(Class::getName)).toList();
  }

  private static String record(Failure failure) {
    String name = failure.getTestIdentifier().getLegacyReportingName();
    ProofResults.merge("lincheck", new JsonObject().put("failures", new JsonArray().add(name)));
    return name;
  }

  private static TestExecutionSummary run(int depth, Class<?> structure) {
    System.setProperty("interleavings.depth", String.valueOf(depth));
    try {
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request().selectors(selectClass(structure)).build(),
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
