package dev.tailrace.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.util.TreePathScanner;
import dev.tailrace.app.PoolSchema;
import dev.tailrace.cli.Main;
import dev.tailrace.config.ConfigReference;
import dev.tailrace.observe.Alarm;
import dev.tailrace.observe.EventKind;
import dev.tailrace.observe.MetricNames;
import dev.tailrace.project.MarkdownPage.Row;
import dev.tailrace.project.MarkdownPage.Section;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** All that exists is documented, and nothing else is. */
final class DocsMatchCodeTest {
  private static final Path CONFIGURATION = Path.of("docs", "configuration.md");
  private static final MarkdownPage OPERATIONS =
      MarkdownPage.read(Path.of("docs", "operations.md"));
  private static final Pattern TEST_CLASS = Pattern.compile("\\w+(Test|IT|Contract)");
  private static final Pattern COMMAND_LINE =
      Pattern.compile("java -jar target/tailrace\\.jar ([a-z][^#`\\n]*)");
  private static final Pattern LINKED_TEST = Pattern.compile("\\[`(\\w+)`]: (\\S+)");
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--?[a-z][a-z-]*");

  @ParameterizedTest
  @MethodSource("generatedPages")
  void generatedPagesAreAsTheSchemaSays(Path page) throws IOException {
    assertThat(Files.readString(page))
        .as(page + " is generated; write it anew with: " + GeneratedPages.COMMAND)
        .isEqualTo(GeneratedPages.all().get(page));
  }

  @Test
  void everyKeyOfTheConfigurationHasItsRowAndEveryRowItsKey() {
    List<String> documented = new ArrayList<>();
    for (Section section : MarkdownPage.read(CONFIGURATION).sections()) {
      String object = section.heading().replace("`", "");
      boolean root = section.heading().equals("The root");
      if (!root && !section.heading().startsWith("`")) {
        continue;
      }
      if (object.matches(".*\\.(source|handler|dead-letter)\\.[a-z]+")) {
        documented.add(object);
      }
      section.rows().forEach(row -> documented.add((root ? "" : object + ".") + row.name()));
    }
    assertThat(documented)
        .hasSizeGreaterThan(50)
        .containsExactlyInAnyOrderElementsOf(new ConfigReference(PoolSchema.schema()).keys());
  }

  @Test
  void everyMeterIsInTheTableAndNothingElseIs() {
    assertThat(names("Metrics")).containsExactlyElementsOf(MetricNames.all());
  }

  @Test
  void everyKindOfEventIsInTheTableAndNothingElseIs() {
    assertThat(names("Event log"))
        .containsExactlyElementsOf(
            Stream.of(EventKind.values())
                .filter(kind -> kind != EventKind.OTHER)
                .map(EventKind::label)
                .toList());
  }

  @Test
  void everyKindOfAlarmIsInTheTableAndNothingElseIs() {
    assertThat(names("Alarms"))
        .containsExactlyElementsOf(Stream.of(Alarm.values()).map(Alarm::label).toList());
  }

  @Test
  void everyKindOfAlarmIsRaisedSomewhere() {
    String main =
        JavaSources.below(JavaSources.MAIN).stream()
            .map(SourceFile::text)
            .collect(Collectors.joining());
    assertThat(Alarm.values())
        .allSatisfy(kind -> assertThat(main).contains("Alarm." + kind.name()));
  }

  @Test
  void everyEndpointIsInTheTableAndNothingElseIs() {
    List<String> routes = new ArrayList<>();
    JavaSources.below(JavaSources.MAIN.resolve("dev/tailrace/admin"))
        .forEach(file -> new Routes(routes).scan(file.unit(), null));
    assertThat(names("Endpoints")).containsExactlyInAnyOrderElementsOf(routes);
  }

  @Test
  void everyExitCodeIsInTheTableAndInTheHelpAndNothingElseIs() throws ReflectiveOperationException {
    List<String> codes = new ArrayList<>();
    for (Field field : Class.forName("dev.tailrace.cli.ExitCode").getDeclaredFields()) {
      if (field.getType() == int.class) {
        field.setAccessible(true);
        codes.add(String.valueOf(field.get(null)));
      }
    }
    assertThat(names("Exit codes")).containsExactlyElementsOf(codes);
    assertThat(commandLine().usageMessage().exitCodeList().keySet())
        .containsExactlyElementsOf(codes);
  }

  @Test
  void everyCommandIsInTheTableWithItsOptionsAndNothingElseIs() {
    Map<String, Set<String>> documented = new TreeMap<>();
    for (Row row : OPERATIONS.rows("Commands")) {
      documented.put(row.name().replaceFirst(" [A-Z\\[].*", ""), options(row.words(1)));
    }
    assertThat(documented).isEqualTo(commands("", commandLine()));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandLineOnAPageIsOneThatExists(Path page) throws IOException {
    Map<String, Set<String>> known = commands("", commandLine());
    for (String line : commandLines(Files.readString(page))) {
      List<String> words = List.of(line.split(" +", -1));
      String command = known.containsKey(words.get(0)) ? words.get(0) : twoOf(words);
      assertThat(known).as("%s: %s", page, line).containsKey(command);
      assertThat(known.get(command)).as("%s: %s", page, line).containsAll(options(words));
    }
  }

  @Test
  void theReadmesCommandLinesAreFound() throws IOException {
    assertThat(commandLines(Files.readString(Path.of("README.md"))))
        .contains("init", "run")
        .anyMatch(line -> line.startsWith("status --url"));
  }

  private static List<String> commandLines(String text) {
    return COMMAND_LINE.matcher(text).results().map(found -> found.group(1).strip()).toList();
  }

  private static String twoOf(List<String> words) {
    return String.join(" ", words.subList(0, Math.min(2, words.size())));
  }

  @Test
  void everyPromiseAndEveryWindowLinksToTheTestsThatBreakWithIt() throws IOException {
    Path page = Path.of("docs", "guarantees.md");
    Map<String, Path> links = new TreeMap<>();
    for (String line : Files.readAllLines(page)) {
      Matcher link = LINKED_TEST.matcher(line);
      if (link.matches()) {
        links.put(link.group(1), page.resolveSibling(link.group(2)).normalize());
      }
    }
    List<Section> sections = MarkdownPage.read(page).sections();
    List<Row> promises = sections.get(1).rows();
    List<Row> windows = sections.get(2).rows();
    assertThat(promises).hasSize(10);
    List<Row> contract = sections.get(3).rows();
    assertThat(windows).hasSize(4);
    assertThat(contract).hasSize(1);
    Set<String> named = new TreeSet<>();
    for (Row row : Stream.of(promises, windows, contract).flatMap(List::stream).toList()) {
      List<String> tests = row.words(row.cells().size() - 1);
      assertThat(tests).as(row.cells().get(0)).isNotEmpty();
      assertThat(tests).allMatch(test -> TEST_CLASS.matcher(test).matches());
      named.addAll(tests);
    }
    assertThat(links.keySet()).containsExactlyElementsOf(named);
    assertThat(links)
        .allSatisfy((test, file) -> assertThat(file).exists().hasFileName(test + ".java"));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkWithinTheProjectLeadsSomewhere(Path page) {
    assertThat(MarkdownPage.read(page).brokenLinks()).isEmpty();
  }

  @Test
  void aLinkToNothingIsFound() {
    String text = "# Title\n[a](ARCHITECTURE.md) [b](#title) [c](x.md) [d](#none) [e](https://a.b)";
    assertThat(MarkdownPage.of(Path.of("README.md"), text).brokenLinks())
        .containsExactly("README.md: [c](x.md)", "README.md: [d](#none)");
  }

  static Set<Path> generatedPages() {
    return GeneratedPages.all().keySet();
  }

  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>();
    for (Path folder : List.of(Path.of(""), Path.of("docs"))) {
      try (Stream<Path> files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    return pages;
  }

  private static List<String> names(String heading) {
    return OPERATIONS.rows(heading).stream().map(Row::name).toList();
  }

  private static CommandSpec commandLine() {
    return new CommandLine(Main.class).getCommandSpec();
  }

  /** Commands that do something, with their options; those that only hold others are left out. */
  private static Map<String, Set<String>> commands(String prefix, CommandSpec spec) {
    Map<String, Set<String>> commands = new TreeMap<>();
    spec.subcommands()
        .forEach(
            (name, line) -> {
              CommandSpec command = line.getCommandSpec();
              if (command.subcommands().isEmpty()) {
                commands.put(prefix + name, options(command));
              }
              commands.putAll(commands(prefix + name + " ", command));
            });
    return commands;
  }

  private static Set<String> options(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .map(OptionSpec::names)
        .flatMap(Arrays::stream)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> options(List<String> words) {
    return words.stream()
        .flatMap(word -> OPTION.matcher(word).results())
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Collects what is routed; a route that is no literal would hide, so it is refused. */
  private static final class Routes extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private final List<String> found;

    Routes(List<String> found) {
      this.found = found;
    }

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void nothing) {
      String select = call.getMethodSelect().toString();
      String method = select.replaceFirst("^router\\s*\\.", "");
      if (!method.equals(select) && METHODS.contains(method)) {
        ExpressionTree path = call.getArguments().get(0);
        assertThat(path).as("a route says its path as a literal").isInstanceOf(LiteralTree.class);
        String text = String.valueOf(((LiteralTree) path).getValue());
        found.add(method.toUpperCase(Locale.ROOT) + " " + text.replaceAll(":([a-z]+)", "{$1}"));
      }
      return super.visitMethodInvocation(call, null);
    }
  }
}
