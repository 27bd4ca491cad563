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
 */
record ContenderPlan(String name, String module, String type, Map<String, String> settings) {
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

  private static final String PACKAGE = "dev.tailrace.bench.";

  static ContenderPlan client(String name, String type, String... settings) {
    return new ContenderPlan(name, "clients", PACKAGE + "clients." + type, map(settings));
  }

  static ContenderPlan peer(String name, String module, String type, String... settings) {
    return new ContenderPlan(name, module, PACKAGE + type, map(settings));
  }

  private static Map<String, String> map(String... pairs) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }
}
