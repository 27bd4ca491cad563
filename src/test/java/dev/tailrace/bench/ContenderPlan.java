package dev.tailrace.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One contender of a workload.
 *
 * @param name as the page shows it, {@code tailrace by key}
 * @param module of {@code bench/}, whose class path it has
 * @param type its class
 * @param settings of its own, over those of the workload
 * @param acknowledges what it tells the server of
 * @param whereFaster why, where it is faster than ours at the same; empty where it is not
 */
record ContenderPlan(
    String name,
    String module,
    String type,
    Map<String, String> settings,
    Acknowledges acknowledges,
    String whereFaster) {
  /** How many processes of it run at once. */
  int instances() {
    return Integer.parseInt(settings.getOrDefault("instances", "1"));
  }

  /** Whether it reads the topic at all. */
  boolean reads() {
    return !"nothing".equals(settings.get("reads"));
  }

  /** Whether there is nothing in its topic. */
  boolean isIdle() {
    return Boolean.parseBoolean(settings.get("idle"));
  }

  /** Whether its JVM has to have virtual threads. */
  boolean needsNewerJava() {
    return Boolean.parseBoolean(settings.get("virtual-threads"));
  }

  private static final String CLIENTS = "clients";
  private static final String PACKAGE = "dev.tailrace.bench.";

  static ContenderPlan client(String name, String type, String... settings) {
    return new ContenderPlan(
        name, CLIENTS, PACKAGE + "clients." + type, map(settings), Acknowledges.EACH, "");
  }

  static ContenderPlan peer(String name, String module, String type, String... settings) {
    return new ContenderPlan(name, module, PACKAGE + type, map(settings), Acknowledges.EACH, "");
  }

  ContenderPlan acknowledging(Acknowledges other) {
    return new ContenderPlan(name, module, type, settings, other, whereFaster);
  }

  /** Says why it is faster than ours. */
  ContenderPlan fasterAs(String reason) {
    return new ContenderPlan(name, module, type, settings, acknowledges, reason);
  }

  /** Whether it is of others, and of the kind that people take rather than write. */
  boolean isPeer() {
    return !module.equals(CLIENTS);
  }

  boolean isOurs() {
    return name.startsWith("tailrace");
  }

  String order() {
    return settings.getOrDefault("order", "");
  }

  private static Map<String, String> map(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
