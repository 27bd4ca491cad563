package dev.tailrace.cli;

import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigObject;
import dev.tailrace.config.ConfigScalar;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.Durations;
import dev.tailrace.config.EffectiveConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether manifests of Kubernetes give a configuration what it needs: time to drain, ports, probes,
 * memory, and no more members than there are partitions. Used once.
 */
final class PodCheck {
  /** What a kubelet needs beyond the drain's deadline. */
  static final Duration SPARE = Duration.ofSeconds(5);

  /** How many partitions a ScaledObject's topics have: an annotation, since no manifest tells. */
  static final String PARTITIONS = "tailrace.dev/partitions";

  private static final long DEFAULT_GRACE_SECONDS = 30;
  private static final long DEFAULT_PERIOD_SECONDS = 10;
  private static final long DEFAULT_FAILURES = 3;
  private static final long DEFAULT_FETCH_BYTES = 16L << 20; // of one consumer, as ours is set
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");
  private static final Set<String> SHELLS = Set.of("sh", "bash", "/bin/sh", "/bin/bash");
  private static final Map<String, String> PROBES =
      new TreeMap<>(
          Map.of(
              "livenessProbe", "/livez", "readinessProbe", "/readyz", "startupProbe", "/startupz"));

  private final EffectiveConfig config;
  private final List<ConfigError> findings = new ArrayList<>();

  PodCheck(EffectiveConfig config) {
    this.config = config;
  }

  /** All that is wrong, in the order of the places; empty where nothing is. */
  List<ConfigError> check(List<ConfigObject> documents) {
    for (ConfigObject document : documents) {
      ManifestNode manifest = new ManifestNode(document, "");
      switch (manifest.text("kind").orElse("")) {
        case "Pod" -> manifest.at("spec").ifPresent(pod -> pod(manifest, pod));
        case "Deployment", "StatefulSet" ->
            manifest.at("spec", "template", "spec").ifPresent(pod -> pod(manifest, pod));
        case "ScaledObject" -> manifest.at("spec").ifPresent(spec -> scaling(manifest, spec));
        default -> {}
      }
    }
    return findings.stream().sorted().toList();
  }

  private void pod(ManifestNode manifest, ManifestNode pod) {
    List<ManifestNode> containers = pod.objects("containers");
    Optional<ManifestNode> ours =
        containers.stream()
            .filter(one -> one.text("name").orElse("").equals("tailrace"))
            .findFirst()
            .or(() -> containers.stream().findFirst());
    if (ours.isEmpty()) {
      findings.add(pod.error("containers", "is missing", "allowed: a container named tailrace"));
      return;
    }
    ManifestNode container = ours.get();
    grace(pod, container);
    if (!pod.text("enableServiceLinks").orElse("true").equals("false")) {
      findings.add(
          pod.error(
              "enableServiceLinks",
              "services become environment variables",
              "allowed: false, since variables configure Tailrace"));
    }
    command(container);
    ports(container);
    memory(container);
    if (manifest.text("kind").orElse("").equals("Deployment")) {
      identity(manifest);
    }
  }

  private void grace(ManifestNode pod, ManifestNode container) {
    Duration before =
        container
            .at("lifecycle", "preStop", "sleep")
            .map(sleep -> Duration.ofSeconds(sleep.number("seconds").orElse(0)))
            .orElse(Duration.ZERO);
    Duration deadline = config.root().section("drain").duration("deadline");
    Duration least = before.plus(deadline).plus(SPARE);
    String key = "terminationGracePeriodSeconds";
    Duration given = Duration.ofSeconds(pod.number(key).orElse(DEFAULT_GRACE_SECONDS));
    if (given.compareTo(least) < 0) {
      findings.add(
          pod.error(
              key,
              given.toSeconds() + " is less than preStop + drain.deadline + 5s",
              "allowed: at least " + (least.toMillis() + 999) / 1_000));
    }
  }

  /** A shell as the first process keeps the signal to itself. */
  private void command(ManifestNode container) {
    container.texts("command").stream()
        .findFirst()
        .filter(SHELLS::contains)
        .ifPresent(
            shell ->
                findings.add(
                    container.error(
                        "command",
                        "'" + shell + "' would get the signals, and Tailrace none",
                        "allowed: java itself, or the image's entry point")));
  }

  private void ports(ManifestNode container) {
    ConfigSection probes = config.root().section("probes");
    long port = probes.integer("port");
    if (LOOPBACK.contains(probes.text("host"))) {
      findings.add(
          container.error(
              "ports",
              "the probes listen on " + probes.text("host") + ", where no kubelet comes from",
              "allowed: probes.host: 0.0.0.0 in the configuration"));
    }
    List<ManifestNode> ports = container.objects("ports");
    if (ports.stream().noneMatch(one -> one.number("containerPort").orElse(-1) == port)) {
      findings.add(
          container.error("ports", "lacks probes.port", "allowed: a containerPort " + port));
    }
    PROBES.forEach(
        (key, path) ->
            container
                .at(key)
                .ifPresentOrElse(
                    probe -> probe(probe, path, port, ports),
                    () ->
                        findings.add(
                            container.error(
                                key, "is missing", "allowed: httpGet of " + path + " there"))));
    container.at("startupProbe").ifPresent(this::startup);
  }

  private void probe(ManifestNode probe, String path, long port, List<ManifestNode> ports) {
    Optional<ManifestNode> get = probe.at("httpGet");
    String asked = get.flatMap(it -> it.text("path")).orElse("");
    if (!asked.equals(path)) {
      findings.add(probe.error("httpGet", "does not ask " + path, "allowed: path: " + path));
    }
    String at = get.flatMap(it -> it.text("port")).orElse("");
    boolean right =
        at.equals(Long.toString(port))
            || ports.stream()
                .anyMatch(
                    one ->
                        one.text("name").orElse("").equals(at)
                            && one.number("containerPort").orElse(-1) == port);
    if (!right) {
      findings.add(
          probe.error("httpGet", "'" + at + "' is not probes.port", "allowed: port: " + port));
    }
  }

  private void startup(ManifestNode probe) {
    Duration deadline = config.root().section("startup").duration("deadline");
    long failures = probe.number("failureThreshold").orElse(DEFAULT_FAILURES);
    long period = probe.number("periodSeconds").orElse(DEFAULT_PERIOD_SECONDS);
    Duration patience = Duration.ofSeconds(failures * period);
    if (!deadline.isZero() && patience.compareTo(deadline) <= 0) {
      findings.add(
          probe.error(
              "failureThreshold",
              failures + " x " + period + "s is not longer than startup.deadline",
              "allowed: more than " + Durations.print(deadline) + " together"));
    }
  }

  private void memory(ManifestNode container) {
    String options =
        container.objects("env").stream()
            .filter(one -> one.text("name").orElse("").matches("(JAVA_TOOL|JDK_JAVA)_OPTIONS"))
            .map(one -> one.text("value").orElse(""))
            .reduce("", (all, one) -> all + " " + one)
            .concat(" " + String.join(" ", container.texts("command")));
    if (!options.contains("-XX:+CrashOnOutOfMemoryError")) {
      findings.add(
          container.error(
              "env",
              "the JVM would go on without memory",
              "allowed: JAVA_TOOL_OPTIONS with -XX:+CrashOnOutOfMemoryError"));
    }
    OptionalLong limit =
        container
            .at("resources", "limits")
            .flatMap(limits -> limits.text("memory"))
            .map(JvmMemory::bytes)
            .orElse(OptionalLong.empty());
    if (limit.isEmpty()) {
      findings.add(
          container.error("resources", "has no limit of memory", "allowed: limits.memory"));
      return;
    }
    long heap = JvmMemory.heap(options, limit.getAsLong());
    long least = 2 * held();
    if (heap < least || heap >= limit.getAsLong()) {
      findings.add(
          container.error(
              "resources",
              "a heap of " + (heap >> 20) + " MiB under " + (limit.getAsLong() >> 20) + " MiB",
              "allowed: from twice what is buffered and fetched, "
                  + (least >> 20)
                  + " MiB, to less than the limit"));
    }
  }

  /** Bytes that the pool and its clients may hold at once. */
  private long held() {
    long fetched = DEFAULT_FETCH_BYTES;
    if (config.tree().get("kafka") instanceof ConfigObject kafka
        && kafka.get("fetch.max.bytes") instanceof ConfigScalar most) {
      fetched = Long.parseLong(most.text());
    }
    long held = 0;
    for (ConfigSection pipeline : config.root().sections("pipelines")) {
      held += pipeline.section("buffer").size("bytes") + consumers(pipeline) * fetched;
    }
    return held;
  }

  /** Pods of a Deployment have new names each time, which no static member may have. */
  private void identity(ManifestNode manifest) {
    for (ConfigSection pipeline : config.root().sections("pipelines")) {
      ConfigSection.Chosen source = pipeline.oneOf("source");
      if (source.type().equals("kafka") && source.section().optionalText("static-id").isPresent()) {
        findings.add(
            manifest.error(
                "kind",
                "a Deployment, and " + pipeline.path() + " has a static-id",
                "allowed: a StatefulSet, or no static-id"));
      }
    }
  }

  private void scaling(ManifestNode manifest, ManifestNode spec) {
    OptionalLong partitions =
        manifest
            .at("metadata", "annotations")
            .map(annotations -> annotations.number(PARTITIONS))
            .orElse(OptionalLong.empty());
    if (partitions.isEmpty()) {
      findings.add(
          manifest.error(
              "metadata",
              "does not tell how many partitions there are",
              "allowed: the annotation " + PARTITIONS));
      return;
    }
    long consumers =
        config.root().sections("pipelines").stream().mapToLong(PodCheck::consumers).max().orElse(1);
    long most = partitions.getAsLong() / Math.max(1, consumers);
    if (spec.number("maxReplicaCount").orElse(100) > most) {
      findings.add(
          spec.error(
              "maxReplicaCount",
              "more members than partitions: some would idle",
              "allowed: at most " + most));
    }
  }

  private static long consumers(ConfigSection pipeline) {
    ConfigSection.Chosen source = pipeline.oneOf("source");
    return source.type().equals("kafka") ? source.section().integer("consumers") : 0;
  }
}
