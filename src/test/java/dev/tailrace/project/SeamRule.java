package dev.tailrace.project;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What keeps the core on its {@code Loop}: no other time, no other thread, no other chance. Blocks
 * that lock leave no trace in class files' references; {@link SeamTest} looks for them in the
 * sources.
 */
final class SeamRule extends ArchCondition<JavaClass> {
  /**
   * What wraps the machine, each for one thing: the event loop with its clock and its chance, the
   * threads of workers, and the interruption of the thread that runs a call.
   */
  static final Set<String> WRAPPERS =
      Set.of(
          "dev.tailrace.runtime.VertxLoop",
          "dev.tailrace.runtime.DaemonThreads",
          "dev.tailrace.runtime.WorkerThread");

  /**
   * Where the code departs from the law as drawn up, until one of the two changes: readers of pool
   * events that all loops of a process share with the thread that writes the event log, and with
   * the one that scrapes. They decide nothing, and no simulation uses them.
   */
  static final Set<String> DEPARTURES =
      Set.of("dev.tailrace.observe.EventWriter", "dev.tailrace.observe.PoolMeters");

  private static final String ENVIRONMENT = "dev.tailrace.message.HandlerEnvironment";

  /** Types, or packages with a dot at their end, that may not be mentioned. */
  private static final List<String> TYPES =
      List.of(
          "io.vertx.core.Vertx",
          "io.vertx.core.Context",
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.InheritableThreadLocal",
          "java.time.Clock",
          "java.util.Date",
          "java.util.Timer",
          "java.util.TimerTask",
          "java.util.IdentityHashMap",
          "java.util.WeakHashMap",
          "java.security.SecureRandom",
          "java.util.concurrent.CompletableFuture",
          "java.util.concurrent.CompletionStage",
          "java.util.concurrent.CountDownLatch",
          "java.util.concurrent.CyclicBarrier",
          "java.util.concurrent.Exchanger",
          "java.util.concurrent.ExecutorService",
          "java.util.concurrent.Executors",
          "java.util.concurrent.ForkJoinPool",
          "java.util.concurrent.ForkJoinTask",
          "java.util.concurrent.Phaser",
          "java.util.concurrent.ScheduledExecutorService",
          "java.util.concurrent.Semaphore",
          "java.util.concurrent.ThreadLocalRandom",
          "java.util.concurrent.ThreadPoolExecutor",
          "java.util.concurrent.locks.");

  /** Methods that may not be called, by the type that declares them. */
  private static final Map<String, Set<String>> METHODS =
      Map.of(
          "io.vertx.core.Future", Set.of("timeout", "await", "toCompletionStage"),
          "java.lang.System", Set.of("nanoTime", "currentTimeMillis", "identityHashCode"),
          "java.lang.Math", Set.of("random"),
          "java.lang.Object", Set.of("wait", "notify", "notifyAll"),
          "java.util.UUID", Set.of("randomUUID"),
          "java.util.Collection", Set.of("parallelStream"),
          "java.util.stream.BaseStream", Set.of("parallel"),
          "java.util.random.RandomGenerator", Set.of("getDefault", "of"));

  /** Generators that seed themselves when they are given nothing. */
  private static final Set<String> SELF_SEEDING =
      Set.of("java.util.Random", "java.util.SplittableRandom");

  SeamRule() {
    super("run on the loop alone");
  }

  @Override
  public void check(JavaClass origin, ConditionEvents events) {
    String outermost = origin.getName().split("\\$", 2)[0];
    if (!binds(outermost)) {
      return;
    }
    for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
      String target = dependency.getTargetClass().getBaseComponentType().getName();
      boolean given = outermost.equals(ENVIRONMENT) && target.equals("io.vertx.core.Vertx");
      if (!given && bannedType(target)) {
        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
      }
    }
    for (JavaAccess<?> access : origin.getAccessesFromSelf()) {
      if (bannedAccess(access.getTarget())) {
        events.add(SimpleConditionEvent.violated(access, access.getDescription()));
      }
    }
    for (JavaMethod method : origin.getMethods()) {
      if (method.getModifiers().contains(JavaModifier.SYNCHRONIZED)) {
        events.add(SimpleConditionEvent.violated(method, method.getDescription() + " locks"));
      }
    }
  }

  /** Whether an outermost class must keep to the seam. */
  static boolean binds(String name) {
    return !WRAPPERS.contains(name) && !DEPARTURES.contains(name);
  }

  private static boolean bannedType(String name) {
    return TYPES.stream()
        .anyMatch(
            type ->
                type.endsWith(".") ? name.startsWith(type) : name.split("\\$", 2)[0].equals(type));
  }

  private static boolean bannedAccess(AccessTarget target) {
    JavaClass owner = target.getOwner();
    String name = target.getName();
    if (name.equals("now") && owner.getPackageName().startsWith("java.time")) {
      return true;
    }
    if (target instanceof AccessTarget.ConstructorCallTarget constructor) {
      return SELF_SEEDING.contains(owner.getName()) && constructor.getParameterTypes().isEmpty();
    }
    return METHODS.entrySet().stream()
        .anyMatch(entry -> entry.getValue().contains(name) && owner.isAssignableTo(entry.getKey()));
  }
}
