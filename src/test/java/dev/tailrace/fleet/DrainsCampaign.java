package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.fleet.DrainTrial.Finding;
import dev.tailrace.local.Servers;
import dev.tailrace.proof.ProofResults;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * As {@link DrainsIT}, many more: {@code mvn verify -Pchaos -Dit.test=DrainsCampaign [-Ddrains=N]
 * [-Ddrains.at-once=N] [-Ddrains.seed=S]}. All reports are confirmed once more by {@code tailrace
 * verify}. Runs add up in the results.
 */
class DrainsCampaign {
  private static final int DRAINS = Integer.getInteger("drains", 500);
  private static final int VERIFIED = 50; // by one command
  private static final int AT_ONCE = Integer.getInteger("drains.at-once", 4);
  private static final long SEED = Long.getLong("drains.seed", System.currentTimeMillis() / 1_000);

  private final Path folder = Path.of("target", Servers.uniqueName("drains")).toAbsolutePath();
  private int played;

  @Test
  void eachIsGoneInTimeAndItsReportIsTrue() throws Exception {
    System.out.println("drains: seed " + SEED + ", in " + folder);
    List<Finding> findings = new Drains(folder, SEED, this::tell).play(DRAINS, AT_ONCE);

    assertThat(findings).flatExtracting(Finding::problems).isEmpty();
    assertThat(findings).hasSize(DRAINS).allMatch(each -> each.confirmed() || each.cutOff());
    for (int from = 0; from < DRAINS; from += VERIFIED) {
      int to = Math.min(DRAINS, from + VERIFIED);
      Life.verify(IntStream.range(from, to).mapToObj(each -> new Life(folder, each)).toList());
    }
  }

  private void tell(Finding finding) {
    played++;
    System.out.printf(
        "drains: %d of %d: %s, %s, gone %d ms after its deadline, %d repeated%s%n",
        played,
        DRAINS,
        finding.plan(),
        finding.result(),
        finding.afterDeadline().toMillis(),
        finding.repeated(),
        finding.problems().isEmpty() ? "" : ": " + finding.problems());
    ProofResults.merge("drains", result(finding));
  }

  private static JsonObject result(Finding finding) {
    boolean clean = finding.result().equals("clean");
    JsonObject row =
        new JsonObject()
            .put("drains", 1)
            .put("clean", clean ? 1 : 0)
            .put("mostMillisAfterDeadline", finding.afterDeadline().toMillis());
    return new JsonObject()
        .put("drains", 1)
        .put("underLoad", finding.underLoad() ? 1 : 0)
        .put("goneInTime", finding.late() ? 0 : 1)
        .put("reportsConfirmed", finding.confirmed() ? 1 : 0)
        .put("cutOffWaitingForAProcessor", finding.confirmed() || !finding.cutOff() ? 0 : 1)
        .put("clean", clean ? 1 : 0)
        .put("messages", finding.messages())
        .put("lost", finding.lost())
        .put("repeatedAfterCleanDrains", clean ? finding.repeated() : 0)
        .put("repeatedAfterOthers", clean ? 0 : finding.repeated())
        .put("problems", finding.problems().size())
        .put("seeds", new JsonArray().add("drains " + SEED))
        .put("byFault", new JsonObject().put(finding.plan().fault().words(), row))
        .put("byTrigger", new JsonObject().put(finding.plan().pull().words(), row.copy()))
        .put("results", new JsonObject().put(finding.result(), 1));
  }
}
