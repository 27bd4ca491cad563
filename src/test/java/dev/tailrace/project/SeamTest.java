package dev.tailrace.project;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.source.tree.SynchronizedTree;
import com.sun.source.util.TreeScanner;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * From {@code message} to {@code dispatch} everything runs on {@code Loop} and nothing else, so
 * that the code that ships is the code that is simulated.
 */
class SeamTest {
  private static final List<String> CORE =
      List.of(
          "message",
          "runtime",
          "config",
          "lifecycle",
          "observe",
          "source",
          "idempotency",
          "sink",
          "processing",
          "dispatch");

  private static final ArchRule SEAM =
      classes()
          .that()
          .resideInAnyPackage(
              CORE.stream().map(room -> "dev.tailrace." + room + "..").toArray(String[]::new))
          .should(new SeamRule());

  private static final ArchRule KAFKA =
      classes().that().resideInAPackage("dev.tailrace.kafka..").should(new WrapperRule());

  @TempDir Path folder;

  @Test
  void theCoreRunsOnTheLoopAlone() {
    SEAM.check(Project.classes());
  }

  @Test
  void whatIsExemptIsThere() {
    assertThat(SeamRule.WRAPPERS).allMatch(Project.classes()::contain);
    assertThat(SeamRule.DEPARTURES).allMatch(Project.classes()::contain);
  }

  @Test
  void theCoreHasNoLockingBlocks() {
    List<String> blocks = new ArrayList<>();
    for (String room : CORE) {
      Path sources = JavaSources.MAIN.resolve(Path.of("dev", "tailrace", room));
      if (sources.toFile().exists()) {
        JavaSources.below(sources).stream()
            .filter(file -> SeamRule.binds(file.typeName()))
            .forEach(file -> blocks.addAll(lockingBlocks(file)));
      }
    }
    assertThat(blocks).isEmpty();
  }

  @Test
  void kafkaUsesOfTheWrapperOnlyWhatKeepsThePromises() {
    KAFKA.allowEmptyShould(true).check(Project.classes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.vertx.core.Vertx vertx;",
        "io.vertx.core.Context context;",
        "Object f(io.vertx.core.Future<String> f) { return f.timeout(1, null); }",
        "Object f(io.vertx.core.Future<String> f) { return f.await(); }",
        "long f() { return System.nanoTime(); }",
        "long f() { return System.currentTimeMillis(); }",
        "Object f() { return java.time.Instant.now(); }",
        "Object f() { return java.time.LocalDate.now(); }",
        "Object f() { return java.time.Clock.systemUTC().instant(); }",
        "Object f() { return new java.util.Date(); }",
        "Object f() { return new Thread(() -> {}); }",
        "void f() throws Exception { Thread.sleep(1); }",
        "java.util.concurrent.ExecutorService executor;",
        "Object f() { return java.util.concurrent.Executors.newCachedThreadPool(); }",
        "java.util.concurrent.CompletableFuture<String> future;",
        "java.util.concurrent.locks.ReentrantLock lock;",
        "synchronized void f() {}",
        "void f() throws Exception { wait(); }",
        "Object f(java.util.List<String> l) { return l.parallelStream(); }",
        "Object f(java.util.stream.IntStream s) { return s.parallel(); }",
        "Object f() { return new java.util.Random(); }",
        "Object f() { return new java.util.SplittableRandom(); }",
        "Object f() { return java.util.concurrent.ThreadLocalRandom.current(); }",
        "Object f() { return Math.random(); }",
        "Object f() { return java.util.UUID.randomUUID(); }",
        "Object f() { return java.util.random.RandomGenerator.getDefault(); }",
        "Object f() { return new java.util.IdentityHashMap<String, String>(); }",
      })
  void theSeamRefuses(String member) {
    JavaClasses planted =
        PlantedClasses.compile(
            folder, "package dev.tailrace.dispatch;\nclass Planted { " + member + " }");
    assertThatThrownBy(() -> SEAM.check(planted)).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Object f(long seed) { return new java.util.SplittableRandom(seed); }",
        "java.util.concurrent.Executor loop;",
        "Object f() { return java.time.Instant.ofEpochMilli(0); }",
      })
  void theSeamLetsPass(String member) {
    JavaClasses planted =
        PlantedClasses.compile(
            folder, "package dev.tailrace.dispatch;\nclass Planted { " + member + " }");
    SEAM.check(planted);
  }

  @Test
  void aLockingBlockIsSeen() {
    SourceFile planted =
        JavaSources.parse(
            Path.of("Planted.java"), "class Planted { void f() { synchronized (this) { } } }");
    assertThat(lockingBlocks(planted)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KafkaConsumer<String, String> c; void f() { c.commit(); }",
        "KafkaConsumer<String, String> c; void f() { c.committed(null); }",
        "KafkaConsumer<String, String> c; void f() { c.seek((TopicPartition) null, 1); }",
        "KafkaConsumer<String, String> c; void f() { c.pause(); }",
        "KafkaReadStream<String, String> c; void f() { c.commit(); }",
        "KafkaReadStream<String, String> c; void f() { c.pause(); }",
      })
  void theWrapperMayNot(String members) {
    JavaClasses planted =
        PlantedClasses.compile(
            folder,
            "package dev.tailrace.kafka;\n"
                + "import io.vertx.kafka.client.common.*;\n"
                + "import io.vertx.kafka.client.consumer.*;\n"
                + "class Planted { "
                + members
                + " }");
    assertThatThrownBy(() -> KAFKA.check(planted)).isInstanceOf(AssertionError.class);
  }

  private static List<String> lockingBlocks(SourceFile file) {
    List<String> blocks = new ArrayList<>();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitSynchronized(SynchronizedTree block, @Nullable Void nothing) {
        blocks.add(file.at(block));
        return super.visitSynchronized(block, null);
      }
    }.scan(file.unit(), null);
    return blocks;
  }
}
