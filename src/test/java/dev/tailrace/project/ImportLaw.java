package dev.tailrace.project;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
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

  /**
   * Package, what of ours it may see, which third parties. It departs from the law as drawn up in
   * one place, until one of the two changes: {@code source} sees {@code observe}, since committers
   * and sources report commits, assignments and alarms as pool events.
   */
  private static final String TABLE =
      """
      message     |                                           | io.vertx.core.json.
      runtime     |                                           |
      config      |                                           | org.yaml.snakeyaml. com.networknt.schema. com.fasterxml.jackson. org.apache.commons.text.
      lifecycle   | runtime config                            |
      observe     | base                                      | io.micrometer. io.opentelemetry. com.fasterxml.jackson.core.
      source      | base observe                              |
      idempotency | base                                      |
      sink        | base                                      |
      processing  | base observe source idempotency sink      | io.github.resilience4j.
      dispatch    | base observe source processing            | com.netflix.concurrency.limits.
      kafka       | base observe source sink                  | org.apache.kafka. io.vertx.kafka. io.vertx.core. io.micrometer.core.instrument.MeterRegistry io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics
      redis       | base observe source idempotency sink      | io.vertx.redis. io.vertx.core. com.github.benmanes.caffeine.
      app         | base observe source idempotency sink processing dispatch kafka redis | io.vertx.core.
      admin       | base observe sink app                     | io.vertx.core. io.vertx.ext.
      verify      | observe                                   | com.fasterxml.jackson.core.
      cli         | base observe sink app admin verify        | picocli. sun.misc. io.vertx.core. io.vertx.micrometer. io.vertx.tracing. io.micrometer. io.opentelemetry. org.apache.logging.log4j.
      """;

  /** What a part of a package may see of the other parts; a package without parts is its own. */
  private static final String PARTS =
      """
      redis.link   |
      redis.store  | redis.link
      redis.stream | redis.link
      redis.fleet  | redis.link
      redis.sink   | redis.link redis.stream
      """;

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

  private record Permission(List<String> ours, List<String> thirdParties) {}

  private static final Map<String, Permission> PACKAGES = packages();

  private static final Map<String, List<String>> SEEN_BY_PARTS = parts();

  /** Classes that may see more than their package. */
  private static final Map<String, List<String>> CLASSES =
      Map.of(
          ROOT + "message.HandlerEnvironment", List.of("io.vertx.core.Vertx"),
          ROOT + "runtime.VertxLoop", List.of("io.vertx.core."));

  ImportLaw() {
    super("see only what the import law lets it see");
  }

  /** Reads the table; {@code base} stands for four packages. */
  private static Map<String, Permission> packages() {
    Map<String, Permission> law = new TreeMap<>();
    for (String row : TABLE.lines().toList()) {
      String[] cells = row.split("\\|", -1);
      List<String> ours =
          words(cells[1])
              .flatMap(word -> word.equals("base") ? BASE.stream() : Stream.of(word))
              .toList();
      law.put(cells[0].strip(), new Permission(ours, words(cells[2]).toList()));
    }
    return law;
  }

  private static Map<String, List<String>> parts() {
    Map<String, List<String>> law = new TreeMap<>();
    for (String row : PARTS.lines().toList()) {
      String[] cells = row.split("\\|", -1);
      law.put(cells[0].strip(), words(cells[1]).toList());
    }
    return law;
  }

  private static Stream<String> words(String cell) {
    return Arrays.stream(cell.strip().split(" +", -1)).filter(word -> !word.isEmpty());
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
      return seen.equals(room(origin.getPackageName()))
          ? allowsWithin(part(origin), part(target))
          : permission.ours().contains(seen);
    }
    String outermost = origin.getName().split("\\$", 2)[0];
    return target.isPrimitive()
        || covers(EVERYWHERE, name)
        || covers(permission.thirdParties(), name)
        || covers(CLASSES.getOrDefault(outermost, List.of()), name);
  }

  /**
   * Whether a part of a package may see another of it; one that the law does not know sees none.
   */
  private static boolean allowsWithin(String origin, String target) {
    return origin.equals(target) || SEEN_BY_PARTS.getOrDefault(origin, List.of()).contains(target);
  }

  private static String part(JavaClass of) {
    return of.getPackageName().substring(ROOT.length());
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
