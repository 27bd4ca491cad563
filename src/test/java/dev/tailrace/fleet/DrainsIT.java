package dev.tailrace.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.fleet.DrainTrial.Finding;
import dev.tailrace.local.Servers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Twenty processes of the fat jar are drained under load, for different reasons and a third of them
 * with a fault: each is gone in time, its report is true, and nothing is lost; nothing is repeated
 * after clean ones. {@code DrainsCampaign} has more of them.
 */
class DrainsIT {
  private static final int DRAINS = 20;
  private static final int AT_ONCE = 4;
  private static final long SEED = 20_261_122;

  private final Path folder = Path.of("target", Servers.uniqueName("drains")).toAbsolutePath();

  @Test
  void eachIsGoneInTimeAndItsReportIsTrue() throws Exception {
    List<Finding> findings = new Drains(folder, SEED, finding -> {}).play(DRAINS, AT_ONCE);

    assertThat(findings).flatExtracting(Finding::problems).isEmpty();
    assertThat(findings).hasSize(DRAINS).allMatch(each -> each.confirmed() || each.cutOff());
    assertThat(findings).filteredOn(Finding::underLoad).as("under load").isNotEmpty();
    assertThat(findings)
        .extracting(finding -> finding.plan().fault())
        .contains(DrainPlan.Fault.values());
  }
}
