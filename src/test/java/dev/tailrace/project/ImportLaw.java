package dev.tailrace.project;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which package may see what. A third party is named by a class, or by a package with a dot at its
 * end; the JDK may be seen by all.
 */
final class ImportLaw extends ArchCondition<JavaClass> {
  private static final String ROOT = "dev.tailrace.";

  private static final List<String> BASE = List.of("message", "runtime", "config", "lifecycle");

  private static final List<String> EVERYWHERE =
      List.of(
          "java.",
          "javax.",
          "org.slf4j.",
          "org.jspecify.annotations.",
          "io.vertx.core.buffer.Buffer",
          // a Future and what its methods take and give
          "io.vertx.core.Future",
          "io.vertx.core.Promise",
          "io.vertx.core.CompositeFuture",
          "io.vertx.core.AsyncResult",
          "io.vertx.core.Completable",
          "io.vertx.core.Handler");

  /**
   * What the code sees beyond the law as it was drawn up, until one of the two changes: committers
   * and sources report commits, assignments and alarms as pool events, through the environment that
   * {@code source} gives them.
   */
  private static final List<String> DEPARTURES = List.of("observe");

  private record Permission(List<String> ours, List<String> thirdParties) {}

  private static final Map<String, Permission> PACKAGES = packages();

  /** Classes that may see more than their package. */
  private static final Map<String, List<String>> CLASSES =
      Map.of(
          ROOT + "message.HandlerEnvironment", List.of("io.vertx.core.Vertx"),
          ROOT + "runtime.VertxLoop", List.of("io.vertx.core."));

  ImportLaw() {
    super("see only what the import law lets it see");
  }

  private static Map<String, Permission> packages() {
    Map<String, Permission> law = new TreeMap<>();
    law.put("message", new Permission(List.of(), List.of("io.vertx.core.json.")));
    law.put("runtime", new Permission(List.of(), List.of()));
    law.put(
        "config",
        new Permission(
            List.of(),
            List.of(
                "org.yaml.snakeyaml.",
                "com.networknt.schema.",
                "com.fasterxml.jackson.",
                "org.apache.commons.text.")));
    law.put("lifecycle", new Permission(List.of("runtime", "config"), List.of()));
    law.put(
        "observe",
        based(List.of(), "io.micrometer.", "io.opentelemetry.", "com.fasterxml.jackson.core."));
    law.put("source", based(DEPARTURES));
    law.put("idempotency", based(List.of()));
    law.put("sink", based(List.of()));
    law.put(
        "processing",
        based(List.of("observe", "source", "idempotency", "sink"), "io.github.resilience4j."));
    law.put(
        "dispatch",
        based(List.of("observe", "source", "processing"), "com.netflix.concurrency.limits."));
    law.put(
        "kafka",
        based(
            List.of("observe", "source", "sink"),
            "org.apache.kafka.",
            "io.vertx.kafka.",
            "io.vertx.core.",
            "io.micrometer.core.instrument.MeterRegistry",
            "io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics"));
    law.put(
        "redis",
        based(
            List.of("observe", "source", "idempotency", "sink"),
            "io.vertx.redis.",
            "io.vertx.core.",
            "com.github.benmanes.caffeine."));
    law.put(
        "app",
        based(
            List.of(
                "observe",
                "source",
                "idempotency",
                "sink",
                "processing",
                "dispatch",
                "kafka",
                "redis"),
            "io.vertx.core."));
    law.put("admin", based(List.of("observe", "sink", "app"), "io.vertx.core.", "io.vertx.ext."));
    law.put("verify", new Permission(List.of("observe"), List.of("com.fasterxml.jackson.core.")));
    law.put(
        "cli",
        based(
            List.of("observe", "sink", "app", "admin", "verify"),
            "picocli.",
            "sun.misc.",
            "io.vertx.core.",
            "io.vertx.micrometer.",
            "io.vertx.tracing.",
            "io.micrometer.",
            "io.opentelemetry.",
            "org.apache.logging.log4j."));
    return law;
  }

  private static Permission based(List<String> ours, String... thirdParties) {
    return new Permission(
        Stream.concat(BASE.stream(), ours.stream()).toList(), List.of(thirdParties));
  }

  @Override
  public void check(JavaClass origin, ConditionEvents events) {
    for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
      JavaClass target = dependency.getTargetClass().getBaseComponentType();
      if (!allows(origin, target)) {
        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
      }
    }
  }

  private static boolean allows(JavaClass origin, JavaClass target) {
    String name = target.getName();
    Permission permission = PACKAGES.get(room(origin.getPackageName()));
    if (permission == null) {
      return false; // a package that the law does not know
    }
    if (name.startsWith(ROOT)) {
      String seen = room(target.getPackageName());
      return seen.equals(room(origin.getPackageName())) || permission.ours().contains(seen);
    }
    String outermost = origin.getName().split("\\$", 2)[0];
    return target.isPrimitive()
        || covers(EVERYWHERE, name)
        || covers(permission.thirdParties(), name)
        || covers(CLASSES.getOrDefault(outermost, List.of()), name);
  }

  private static boolean covers(List<String> allowed, String name) {
    return allowed.stream()
        .anyMatch(
            entry ->
                entry.endsWith(".")
                    ? name.startsWith(entry)
                    : name.equals(entry) || name.startsWith(entry + "$"));
  }

  /** The first part of a package's name below the root. */
  private static String room(String packageName) {
    return packageName.startsWith(ROOT)
        ? packageName.substring(ROOT.length()).split("\\.", 2)[0]
        : packageName;
  }
}
