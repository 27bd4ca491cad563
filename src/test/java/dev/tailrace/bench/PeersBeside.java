package dev.tailrace.bench;

import static java.util.stream.Collectors.joining;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who promises less than ours, and how ours stands beside each peer that acknowledges each message
 * by itself, too, and keeps the same order: where one is faster, or takes less of the processors,
 * the page says why.
 */
final class PeersBeside {
  static final String UNEXPLAINED = "*not explained yet*";
  private static final double ALIKE = 0.03;

  private PeersBeside() {}

  /** What the page says of them; empty where there is none. */
  static List<String> lines(Workload workload, JsonObject contenders) {
    List<ContenderPlan> there =
        workload.contenders().stream().filter(each -> contenders.containsKey(each.name())).toList();
    List<String> lines = new ArrayList<>();
    others(there, Acknowledges.POLLS, "all of a poll at once").ifPresent(lines::add);
    others(there, Acknowledges.TIME, "positions as time goes by, whether the work is done or not")
        .ifPresent(lines::add);
    List<String> faster = new ArrayList<>();
    boolean peers = false;
    for (ContenderPlan peer : there) {
      Optional<ContenderPlan> ours = comparable(peer, there);
      if (ours.isPresent()) {
        peers = true;
        line(peer, ours.get(), contenders).ifPresent(faster::add);
      }
    }
    lines.addAll(faster);
    if (peers && faster.isEmpty()) {
      lines.add(
          "No peer that acknowledges each message by itself, in the same order, is faster or takes"
              + " less CPU.");
    }
    return lines;
  }

  /** Those that promise less, and are not to be held against ours. */
  private static Optional<String> others(
      List<ContenderPlan> there, Acknowledges what, String words) {
    String names =
        there.stream()
            .filter(each -> each.acknowledges() == what)
            .map(each -> "*" + each.name() + "*")
            .collect(joining(", "));
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of("Acknowledging " + words + ": " + names + ".");
  }

  private static Optional<ContenderPlan> comparable(ContenderPlan peer, List<ContenderPlan> there) {
    if (!peer.isPeer() || peer.acknowledges() != Acknowledges.EACH) {
      return Optional.empty();
    }
    return there.stream()
        .filter(each -> each.isOurs() && each.order().equals(peer.order()))
        .findFirst();
  }

  private static Optional<String> line(
      ContenderPlan peer, ContenderPlan ours, JsonObject contenders) {
    double rate = ratio(peer, ours, contenders, "perSecond");
    double cpu = ratio(peer, ours, contenders, "cpuMicros");
    if (rate <= 1 + ALIKE && cpu >= 1 - ALIKE) {
      return Optional.empty();
    }
    String reason = peer.whereFaster().isEmpty() ? UNEXPLAINED : peer.whereFaster();
    return Optional.of(
        String.format(
            Locale.ROOT,
            "*%s*: %.2f of the rate, %.2f of the CPU of *%s*, which acknowledges each message by"
                + " itself, too. Why: %s.",
            peer.name(),
            rate,
            cpu,
            ours.name(),
            reason));
  }

  private static double ratio(
      ContenderPlan peer, ContenderPlan ours, JsonObject contenders, String column) {
    return BenchmarksPage.median(contenders.getJsonObject(peer.name()), column)
        / BenchmarksPage.median(contenders.getJsonObject(ours.name()), column);
  }
}
