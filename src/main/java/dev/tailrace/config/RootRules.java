package dev.tailrace.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What holds between keys of the root, and cannot be said in the schema. */
final class RootRules {

  private static final Duration LEAST_TAIL = Duration.ofSeconds(3);

  private final ConfigSection root;
  private final List<ConfigError> findings = new ArrayList<>(); // the loading thread only

  RootRules(ConfigSection root) {
    this.root = root;
  }

  /** Errors and warnings, in the order of their places. */
  List<ConfigError> findings() {
    findings.clear();
    servers();
    ConfigSection drain = root.section("drain");
    Duration tail = drainTimes(drain);
    Duration working = drain.duration("deadline").minus(tail);
    for (ConfigSection pipeline : root.sections("pipelines")) {
      pipeline(pipeline, working);
    }
    return findings.stream().sorted().toList();
  }

  private void servers() {
    ConfigSection admin = root.section("admin");
    ConfigSection probes = root.section("probes");
    findings.addAll(AdminRules.errors(admin));
    int port = probes.integer("port");
    if (port != 0 && port == admin.integer("port")) {
      findings.add(
          probes.error(
              "port", "'" + port + "' is the port of admin, too", "allowed: a port of its own"));
    }
  }

  /** Checks the times of the drain. Returns the tail that applies. */
  private Duration drainTimes(ConfigSection drain) {
    Duration deadline = drain.duration("deadline");
    Duration half = deadline.dividedBy(2);
    Duration tail =
        drain.durationOrAuto("tail").orElse(min(half, max(LEAST_TAIL, deadline.dividedBy(5))));
    if (tail.compareTo(half) > 0) {
      findings.add(
          drain.error(
              "tail",
              "'" + Durations.print(tail) + "' is more than half of drain.deadline",
              "allowed: auto or at most " + Durations.print(half)));
    }
    Duration soft = drain.durationOrAuto("soft").orElse(Duration.ZERO);
    if (soft.compareTo(deadline) > 0) {
      findings.add(
          drain.error(
              "soft",
              "'" + Durations.print(soft) + "' is more than drain.deadline",
              "allowed: auto or at most " + Durations.print(deadline)));
    }
    return tail;
  }

  private void pipeline(ConfigSection pipeline, Duration working) {
    ConfigSection idempotency = pipeline.section("idempotency");
    boolean keyed = idempotency.optionalText("key").isPresent();
    if (!keyed && !idempotency.choice("store").equals("none")) {
      findings.add(
          idempotency.error(
              "key",
              "is missing, and a store needs it",
              "allowed: header:NAME, cloudevents, json:/POINTER, record-key or position"));
    }
    ConfigSection retry = pipeline.section("retry");
    Duration backoff = retry.duration("backoff");
    if (backoff.compareTo(retry.duration("max-backoff")) > 0) {
      findings.add(
          retry.error(
              "backoff",
              "'" + Durations.print(backoff) + "' is more than max-backoff",
              "allowed: at most " + retry.text("max-backoff")));
    }
    Duration timeout = pipeline.duration("timeout");
    if (timeout.compareTo(working) > 0) {
      findings.add(
          pipeline.warning(
              "timeout",
              "'" + Durations.print(timeout) + "' is more than a drain leaves for work",
              "advised: at most "
                  + Durations.print(working)
                  + ", which is drain.deadline less tail"));
    }
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
