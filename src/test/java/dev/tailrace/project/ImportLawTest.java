package dev.tailrace.project;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import dev.tailrace.local.TestClassPath;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each package sees only what it may, and no two see each other. */
class ImportLawTest {
  private static final ArchRule LAW = classes().should(new ImportLaw());
  private static final ArchRule NO_CYCLES =
      slices().matching("dev.tailrace.(*)..").should().beFreeOfCycles();
  private static final ArchRule NO_CYCLES_OF_PARTS =
      slices().matching("dev.tailrace.(*).(*)..").should().beFreeOfCycles();
  private static final ArchRule EXITS_ARE_CLIS =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.tailrace.cli..")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);
  private static final ArchRule CONTRACTS_BUILD_NOTHING =
      classes().that().areInterfaces().should(new BuildNoImplementation());

  @TempDir Path folder;

  @Test
  void eachPackageSeesOnlyWhatItMay() {
    LAW.check(Project.classes());
  }

  @Test
  void packagesHaveNoCycles() {
    NO_CYCLES.check(Project.classes());
    NO_CYCLES_OF_PARTS.check(Project.classes());
  }

  @Test
  void onlyTheCommandLineEndsTheProcess() {
    EXITS_ARE_CLIS.check(Project.classes());
  }

  @Test
  void interfacesConstructNoImplementations() {
    CONTRACTS_BUILD_NOTHING.check(Project.classes());
  }

  @Test
  void messageCompilesAloneAgainstVertxCoreAndJspecify() {
    List<Path> few =
        TestClassPath.entries().stream()
            .filter(entry -> entry.getFileName().toString().matches("(vertx-core|jspecify)-\\d.*"))
            .toList();
    assertThat(few).hasSize(2);
    List<SourceFile> message =
        JavaSources.below(JavaSources.MAIN.resolve(Path.of("dev", "tailrace", "message")));
    assertThat(message).isNotEmpty();
    assertThat(JavaSources.compile(message, few, folder)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "message, dev.tailrace.runtime.Loop",
    "message, io.vertx.core.Vertx",
    "runtime, io.vertx.core.Context",
    "source, org.apache.kafka.common.TopicPartition",
    "redis, org.apache.kafka.common.TopicPartition",
    "kafka, io.vertx.redis.client.Redis",
    "lifecycle, dev.tailrace.message.Message",
    "verify, dev.tailrace.message.Message",
    "observe, dev.tailrace.source.Source",
    "app, io.vertx.ext.web.Router",
    "admin, picocli.CommandLine",
    "newcomer, org.yaml.snakeyaml.Yaml",
    "redis.link, dev.tailrace.redis.store.RedisIdempotencyStore",
    "redis.link, dev.tailrace.redis.stream.RedisSourceConfig",
    "redis.link, org.apache.kafka.common.TopicPartition",
    "redis.store, dev.tailrace.redis.stream.RedisSourceConfig",
    "redis.stream, dev.tailrace.redis.store.RedisIdempotencyStore",
    "redis.stream, dev.tailrace.redis.sink.RedisSinkFactory",
    "redis.newcomer, dev.tailrace.redis.link.RedisConfig",
  })
  void theLawRefuses(String room, String seen) {
    JavaClasses planted =
        PlantedClasses.compile(
            folder, "package dev.tailrace." + room + ";\nclass Planted { " + seen + " seen; }");
    assertThatThrownBy(() -> LAW.check(planted)).isInstanceOf(AssertionError.class);
  }

  @Test
  void aCycleIsRefused() {
    JavaClasses planted =
        PlantedClasses.compile(
            folder,
            "package dev.tailrace.one;\npublic class First { dev.tailrace.two.Second other; }",
            "package dev.tailrace.two;\npublic class Second { dev.tailrace.one.First other; }");
    assertThatThrownBy(() -> NO_CYCLES.check(planted)).isInstanceOf(AssertionError.class);
  }

  @Test
  void aCycleOfPartsIsRefused() {
    JavaClasses planted =
        PlantedClasses.compile(
            folder,
            "package dev.tailrace.one.a;\npublic class First { dev.tailrace.one.b.Second other; }",
            "package dev.tailrace.one.b;\npublic class Second { dev.tailrace.one.a.First other; }");
    assertThatThrownBy(() -> NO_CYCLES_OF_PARTS.check(planted)).isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @CsvSource({"System.exit(1)", "Runtime.getRuntime().exit(1)", "Runtime.getRuntime().halt(1)"})
  void anExitElsewhereIsRefused(String call) {
    JavaClasses planted =
        PlantedClasses.compile(
            folder, "package dev.tailrace.app;\nclass Planted { void end() { " + call + "; } }");
    assertThatThrownBy(() -> EXITS_ARE_CLIS.check(planted)).isInstanceOf(AssertionError.class);
  }

  @Test
  void anInterfaceThatBuildsItsImplementationIsRefused() {
    JavaClasses planted =
        PlantedClasses.compile(
            folder,
            "package dev.tailrace.sink;\n"
                + "interface Planted { static Planted create() { return new RealPlanted(); } }",
            "package dev.tailrace.sink;\nclass RealPlanted implements Planted {}");
    assertThatThrownBy(() -> CONTRACTS_BUILD_NOTHING.check(planted))
        .isInstanceOf(AssertionError.class);
  }
}
