package dev.tailrace.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CampaignTimeTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void oneCampaignAloneHasAllTheTime() {
    for (CampaignTime campaign : CampaignTime.values()) {
      assertThat(campaign.of(HOUR, classOf(campaign))).isEqualTo(HOUR);
    }
  }

  @Test
  void allCampaignsTogetherTakeTheTimeThatWasAskedFor() {
    Duration sum =
        Arrays.stream(CampaignTime.values())
            .map(campaign -> campaign.of(HOUR, null))
            .reduce(Duration.ZERO, Duration::plus);

    assertThat(sum).isEqualTo(HOUR);
    assertThat(CampaignTime.values())
        .allSatisfy(each -> assertThat(each.of(HOUR, "")).isPositive());
  }

  @Test
  void thoseThatAPatternSelectsDivideTheTime() {
    String pattern = "dev.tailrace.chaos.Kills*, FaultsCampaign#anyOf*";

    Duration kills = CampaignTime.KILLS.of(HOUR, pattern);

    assertThat(kills).isGreaterThan(Duration.ofMinutes(30)).isLessThan(HOUR);
    assertThat(kills.plus(CampaignTime.FAULTS.of(HOUR, pattern)).toMinutes()).isBetween(59L, 60L);
  }

  @Test
  void everyCampaignHasAShare() throws Exception {
    for (CampaignTime campaign : CampaignTime.values()) {
      assertThat(
              Arrays.stream(
                      new String[] {
                        "app", "chaos", "simulation", "smallworld", "interleaving", "fuzz"
                      })
                  .filter(where -> exists("dev.tailrace." + where + "." + classOf(campaign))))
          .as(campaign + " is a class")
          .hasSize(1);
    }
  }

  private static String classOf(CampaignTime campaign) {
    StringBuilder name = new StringBuilder();
    for (String word : campaign.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return name + "Campaign";
  }

  private static boolean exists(String name) {
    try {
      Class.forName(name, false, CampaignTimeTest.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }
}
