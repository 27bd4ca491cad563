package dev.tailrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the bytes are: a configuration, or mistakes in single printable lines. No third way. */
@Timeout(120) // a hang, not a measure of speed
class ConfigRobustnessTest {

  private static final Pattern LINE = Pattern.compile("error: [^\\p{C}]+; [^\\p{C}]+");

  private static final String[] TOKENS = {
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "  ",
    "&a ",
    "*a",
    "!!int ",
    "!x ",
    "|\n",
    ">\n",
    "\"",
    "'",
    "#",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "<<: ",
    "null",
    "~",
    "1e999999999",
    "0x1f",
    "${env:X}",
    "${file:/}",
    "${",
    "\t",
    "\u0000",
    "\ud83d\ude00",
    "\ufeff",
    "\u2028",
    "name",
    "orders",
    "10s",
    "-1",
    "99999999999999999999",
    ".inf",
    "kafka",
    "\\",
    "@",
    "`"
  };

  private final ConfigLoader loader = new ConfigLoader(SampleConfig.schema());
  private final Path folder;

  ConfigRobustnessTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomBytesAreRefusedInWords(long seed) throws Exception {
    var random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        for (int at = 0; at < bytes.length; at++) {
          bytes[at] = (byte) (bytes[at] & 0x7f);
        }
      }
      loadsOrIsRefused(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void damagedConfigurationsAreRefusedInWordsOrMeanSomething(long seed) throws Exception {
    var random = new Random(seed);
    String whole = new ConfigReference(SampleConfig.schema()).referenceYaml();
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      var text = new StringBuilder(i % 3 == 0 ? whole : SampleConfig.MINIMAL);
      int changes = 1 + random.nextInt(4);
      for (int change = 0; change < changes; change++) {
        mutate(text, random);
      }
      refused += loadsOrIsRefused(text.toString().getBytes(StandardCharsets.UTF_8)) ? 0 : 1;
    }
    assertThat(refused).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22})
  void oddVariablesAndArgumentsAreRefusedInWords(long seed) throws Exception {
    var random = new Random(seed);
    Path file = Files.writeString(folder.resolve("tailrace.yaml"), SampleConfig.MINIMAL);
    String[] keys = {"PIPELINES", "ORDERS", "KAFKA", "X_Y", "", "RETRY", "NAME", "0", "DRAIN"};
    for (int i = 0; i < 300; i++) {
      var variable = new StringBuilder("TAILRACE_");
      var argument = new StringBuilder();
      for (int part = random.nextInt(4); part >= 0; part--) {
        String key = keys[random.nextInt(keys.length)];
        variable.append(key).append("__");
        argument.append(key.toLowerCase(java.util.Locale.ROOT)).append('.');
      }
      String value = TOKENS[random.nextInt(TOKENS.length)] + TOKENS[random.nextInt(TOKENS.length)];
      String end = keys[random.nextInt(keys.length)];
      loadsOrIsRefused(
          new ConfigInputs(
              List.of(file),
              Map.of(variable + end, value.replace("\u0000", "")),
              List.of(argument + end + "=" + value)));
    }
  }

  @Test
  void fewBytesThatDenoteMillionsAreRefused() throws Exception {
    var bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 25; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThat(mistakes(bomb.toString()))
        .containsExactly(
            "error: tailrace.yaml:1:1: too large: more than 50000 values, or nested deeper than 40;"
                + " allowed: valid YAML");
  }

  @Test
  void aThousandAliasesAreRefused() throws Exception {
    String many = "a: &a [x]\nb: [" + "*a, ".repeat(1_000) + "]\n";

    assertThat(mistakes(many)).singleElement().asString().contains("aliases");
  }

  @Test
  void aValueInsideItselfIsRefused() throws Exception {
    assertThat(mistakes("a: &a [*a]\n")).singleElement().asString().contains("too large");
    assertThat(mistakes("a: &a {b: *a}\n")).singleElement().asString().contains("too large");
  }

  @Test
  void deepNestingIsRefused() throws Exception {
    assertThat(mistakes("a: " + "[".repeat(100_000))).hasSize(1);
    assertThat(mistakes("a: " + "{b: ".repeat(1_000))).hasSize(1);
  }

  @Test
  void aFileThatIsTooLongIsRefused() throws Exception {
    assertThat(mistakes("#".repeat(YamlReader.MAX_BYTES + 1)))
        .containsExactly("error: tailrace.yaml:1:1: the file is too long; allowed: at most 1MiB");
  }

  @Test
  void moreMistakesThanAnybodyReadsAreCut() throws Exception {
    var many = new StringBuilder(SampleConfig.MINIMAL);
    for (int i = 0; i < 1_000; i++) {
      many.append("unknown").append(i).append(": 1\n");
    }

    assertThat(mistakes(many.toString())).hasSize(Problems.LIMIT);
  }

  @Test
  void keysAndValuesCannotBreakTheLine() throws Exception {
    assertThat(mistakes(SampleConfig.MINIMAL + "\"a\\nb\\e[31m\": 1\n"))
        .singleElement()
        .asString()
        .startsWith("error: tailrace.yaml:10:1: a?b?[31m: unknown key; ");
    assertThat(mistakes(SampleConfig.MINIMAL + "startup: {deadline: " + "x".repeat(9_999) + "}\n"))
        .singleElement()
        .asString()
        .hasSizeLessThan(300);
  }

  private static void mutate(StringBuilder text, Random random) {
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + random.nextInt(12));
    String token = TOKENS[random.nextInt(TOKENS.length)];
    switch (random.nextInt(4)) {
      case 0 -> text.insert(at, token);
      case 1 -> text.delete(at, end);
      case 2 -> text.replace(at, end, token);
      default -> text.insert(random.nextInt(text.length()), text.substring(at, end));
    }
  }

  private List<String> mistakes(String yaml) throws Exception {
    return new SampleConfig(folder).file("tailrace.yaml", yaml).mistakes();
  }

  private boolean loadsOrIsRefused(byte[] bytes) throws Exception {
    Path file = Files.write(folder.resolve("tailrace.yaml"), bytes);
    return loadsOrIsRefused(new ConfigInputs(List.of(file), Map.of("X", "${env:X}"), List.of()));
  }

  private boolean loadsOrIsRefused(ConfigInputs inputs) throws IOException {
    try {
      EffectiveConfig config = loader.load(inputs);
      Path printed = Files.writeString(folder.resolve("printed.yaml"), config.yaml());
      var again = new ConfigInputs(List.of(printed), Map.of(), List.of());
      assertThat(loader.load(again).yaml()).isEqualTo(config.yaml());
      return true;
    } catch (ConfigException e) {
      assertThat(e.errors()).isNotEmpty().isSorted();
      assertThat(e.errors()).allMatch(error -> LINE.matcher(error.toString()).matches());
      return false;
    }
  }
}
