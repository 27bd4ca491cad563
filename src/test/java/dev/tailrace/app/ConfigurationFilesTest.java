package dev.tailrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailrace.config.ConfigDiff;
import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigInputs;
import dev.tailrace.config.ConfigLoader;
import dev.tailrace.config.ConfigReference;
import dev.tailrace.config.EffectiveConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files in {@code config/}, and all that the product writes itself, are valid as they are. */
final class ConfigurationFilesTest {
  private static final Path CONFIG = Path.of("config");
  private static final String OVERLAY = "production-overlay.yaml";
  private static final Map<String, String> ENVIRONMENT =
      Map.of("KAFKA_USER", "orders", "KAFKA_PASSWORD", "secret", "INSTANCE", "orders-0");

  @TempDir private Path folder;

  @BeforeEach
  void writePlugin() throws IOException {
    Path plugins = folder.resolve("plugins");
    PluginJar.write(
        plugins.resolve("orders.jar"),
        folder,
        "Orders",
        """
        public class Orders implements MessageHandler {
          public Future<Outcome> handle(Message message, MessageContext context) {
            return Future.succeededFuture(Outcome.done());
          }
        }
        """);
    PluginJar.write(
        plugins.resolve("reports.jar"),
        folder,
        "Reports",
        """
        public class Reports implements BlockingHandler {
          public Outcome handle(Message message, MessageContext context) {
            return Outcome.done();
          }
        }
        """);
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFileIsValidWithoutAWarningAndSaysHowItIsRun(Path file) throws Exception {
    boolean overlay = file.endsWith(OVERLAY);
    EffectiveConfig config =
        load(overlay ? List.of(CONFIG.resolve("at-least-once.yaml"), file) : List.of(file));

    assertThat(allWarnings(config)).isEmpty();
    assertThat(Files.readString(file)).contains("-c config/" + file.getFileName());
  }

  @ParameterizedTest
  @MethodSource("files")
  void whatIsShownOfEveryFileIsAcceptedAgainAndMeansTheSame(Path file) throws Exception {
    boolean overlay = file.endsWith(OVERLAY);
    assertShownMeansTheSame(
        overlay ? List.of(CONFIG.resolve("at-least-once.yaml"), file) : List.of(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kafka-to-handler.yaml", "at-least-once.yaml", "reference.yaml"})
  void whatIsShownUnderTheOtherGroupProtocolIsAcceptedAgainToo(String file) throws Exception {
    assertShownMeansTheSame(
        List.of(CONFIG.resolve(file)), "pipelines.orders.source.kafka.protocol=consumer");
  }

  private void assertShownMeansTheSame(List<Path> files, String... assignments) throws Exception {
    EffectiveConfig config = load(files, assignments);
    List<Path> shown = new ArrayList<>(List.of(written(config.yaml())));
    if (config.yaml().contains("***")) {
      shown.addAll(files); // what is masked has to be told again
    }

    EffectiveConfig again = load(shown);

    assertThat(again.yaml()).isEqualTo(config.yaml());
    assertThat(ConfiguredPool.read(again).pipelines())
        .extracting(Pipeline::name)
        .isEqualTo(ConfiguredPool.read(config).pipelines().stream().map(Pipeline::name).toList());
  }

  @Test
  void theReferenceAndWhatInitWritesAreValidAndSayTheSame() throws Exception {
    ConfigReference reference = new ConfigReference(PoolSchema.schema());
    EffectiveConfig init = load(List.of(written(reference.initYaml())));
    EffectiveConfig all = load(List.of(CONFIG.resolve("reference.yaml")));

    assertThat(allWarnings(init)).isEmpty();
    assertThat(ConfigDiff.between(init, all)).extracting(ConfigDiff.Change::path).isEmpty();
    assertThat(ConfiguredPool.read(all).pipelines())
        .extracting(Pipeline::name)
        .containsExactly("orders");
  }

  @Test
  void everyKeyAtItsDefaultIsAcceptedAndChangesNothing() throws Exception {
    String text = resource("every-key.yaml");
    EffectiveConfig said = load(List.of(written(text)));
    EffectiveConfig silent = load(List.of(written(resource("no-key.yaml"))));

    assertThat(ConfigDiff.between(silent, said)).extracting(ConfigDiff.Change::toString).isEmpty();
    assertThat(ConfiguredPool.read(said).pipelines()).hasSize(2);
    // Written down, the two defaults are somebody's choice, and do not agree.
    assertThat(allWarnings(said))
        .singleElement()
        .asString()
        .endsWith(
            "pipelines.orders.timeout: '10s' is more than revoke-deadline: 8s leaves for work in a"
                + " rebalance; advised: at most 6400ms, or revoke-deadline: 12500ms");
  }

  @Test
  void whatIsNotBuiltYetIsRefusedWithTheseWords() throws Exception {
    Path file = written(resource("no-key.yaml"));

    assertThatThrownBy(
            () -> ConfiguredPool.read(load(List.of(file), "kafka.transactional.id=orders")))
        .isInstanceOfSatisfying(
            ConfigException.class,
            refused ->
                assertThat(refused.errors())
                    .first()
                    .asString()
                    .startsWith("error: --set kafka.transactional.id")
                    .contains("not yet built"));
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(CONFIG)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("reference.yaml"))
          .sorted()
          .toList();
    }
  }

  private EffectiveConfig load(List<Path> files, String... assignments) throws ConfigException {
    List<String> set = new ArrayList<>(List.of(assignments));
    set.add("plugins=" + folder.resolve("plugins"));
    return new ConfigLoader(PoolSchema.schema()).load(new ConfigInputs(files, ENVIRONMENT, set));
  }

  private static List<ConfigError> allWarnings(EffectiveConfig config) throws ConfigException {
    return Stream.concat(
            config.warnings().stream(), ConfiguredPool.read(config).warnings().stream())
        .toList();
  }

  private Path written(String text) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "tailrace", ".yaml"), text);
  }

  private static String resource(String name) throws IOException {
    URL url = ConfigurationFilesTest.class.getResource(name);
    assertThat(url).isNotNull();
    try (InputStream stream = url.openStream()) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
