package dev.tailrace.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sources stay small, named, explained and finished. */
class TidyTest {
  private static final Path PLANTED = JavaSources.MAIN.resolve("dev/tailrace/sink/Planted.java");
  private static final Path PLANTED_TEST =
      JavaSources.TEST.resolve("dev/tailrace/sink/PlantedTest.java");

  @Test
  void sourcesAreTidy() {
    assertThat(sources()).hasSizeGreaterThan(100);
    List<String> violations = new ArrayList<>();
    Set<String> confined =
        sources().stream()
            .filter(file -> file.isPackageInfo() && file.text().contains("by one thread"))
            .map(SourceFile::packageName)
            .collect(Collectors.toSet());
    for (SourceFile file : sources()) {
      violations.addAll(TidyRules.check(file, confined.contains(file.packageName())));
    }
    assertThat(violations).isEmpty();
  }

  @Test
  void eachPackageSaysWhatItIsForAndIsNullMarked() {
    List<SourceFile> files = sources();
    Set<String> explained =
        files.stream()
            .filter(SourceFile::isPackageInfo)
            .filter(TidyTest::explains)
            .map(SourceFile::packageName)
            .collect(Collectors.toSet());
    Set<String> unexplained = new TreeSet<>();
    files.forEach(file -> unexplained.add(file.packageName()));
    unexplained.removeAll(explained);
    assertThat(unexplained).isEmpty();
  }

  @Test
  void pagesAndSettingsPromiseNothingUnfinished() throws IOException {
    List<String> violations = new ArrayList<>();
    int pages = 0;
    for (Path path : textFiles()) {
      pages++;
      violations.addAll(TidyRules.unfinished(path.toString(), Files.readString(path)));
    }
    assertThat(pages).isPositive();
    assertThat(violations).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("untidy")
  void isRefused(String complaint, Path path, String source) {
    assertThat(TidyRules.check(JavaSources.parse(path, source), false))
        .singleElement()
        .asString()
        .contains(complaint);
  }

  @Test
  void aPackageWithoutItsParagraphIsRefused() {
    Path path = JavaSources.MAIN.resolve("dev/tailrace/sink/package-info.java");
    String marked = "@NullMarked\npackage dev.tailrace.sink;";
    assertThat(explains(JavaSources.parse(path, marked))).isFalse();
    assertThat(explains(JavaSources.parse(path, "/** Output. */\npackage x;"))).isFalse();
    assertThat(explains(JavaSources.parse(path, "/** Output. */\n" + marked))).isTrue();
  }

  static Stream<Arguments> untidy() {
    String header = "package dev.tailrace.sink;\n/** Planted. */\n";
    return Stream.of(
        untidy("401 lines", "// a line\n".repeat(398) + header + "class Planted {}"),
        untidy("61 lines", header + "class Planted { void f() {" + "\n".repeat(60) + "} }"),
        untidy(
            "6 parameters",
            header + "class P { void f(int a, int b, int c, int d, int e, int g) {} }"),
        untidy(
            "9 parameters",
            header
                + "class P { P(int a, int b, int c, int d, int e, int f, int g, int h, int i) {} }"),
        untidy("says nothing", header + "class SinkManager {}"),
        untidy("says nothing", header + "class SinkHelper {}"),
        untidy("says nothing", header + "class SinkUtil {}"),
        untidy("says nothing", header + "class SinkUtils {}"),
        untidy("says nothing", header + "class SinkImpl {}"),
        untidy("no Javadoc", "package dev.tailrace.sink;\nclass Planted {}"),
        untidy("no Javadoc", header + "class Planted { public interface Inner {} }"),
        untidy("who owns it", header + "class Planted {\n  private int count;\n}"),
        untidy("System.out", header + "class Planted { void f() { System.out.println(1); } }"),
        untidy("System.err", header + "class Planted { void f() { System.err.println(1); } }"),
        untidy("not printed", header + "class P { void f(Exception e) { e.printStackTrace(); } }"),
        untidy("unfinished", header + "// TO" + "DO later\nclass Planted {}"),
        untidy("unfinished", header + "// FIX" + "ME later\nclass Planted {}"),
        Arguments.of(
            "not for a time",
            PLANTED_TEST,
            "class P { void f() throws Exception { Thread.sleep(1); } }"),
        Arguments.of(
            "not for a time",
            PLANTED_TEST,
            "class P { void f() throws Exception { TimeUnit.SECONDS.sleep(1); } }"),
        Arguments.of("camelCase", PLANTED_TEST, "class P { @Test void snake_case() {} }"));
  }

  private static Arguments untidy(String complaint, String source) {
    return Arguments.of(complaint, PLANTED, source);
  }

  private static List<SourceFile> sources() {
    return Parsed.FILES;
  }

  private static boolean explains(SourceFile info) {
    return info.text().startsWith("/**")
        && info.unit().getPackageAnnotations().stream()
            .anyMatch(found -> found.getAnnotationType().toString().equals("NullMarked"));
  }

  private static List<Path> textFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String root : List.of("docs", "config", ".ci", "src")) {
      if (Files.isDirectory(Path.of(root))) {
        try (Stream<Path> below = Files.walk(Path.of(root))) {
          below.filter(TidyTest::isText).forEach(files::add);
        }
      }
    }
    try (Stream<Path> here = Files.list(Path.of(""))) {
      here.filter(TidyTest::isText).forEach(files::add);
    }
    return files;
  }

  private static boolean isText(Path path) {
    String name = path.getFileName().toString();
    return Files.isRegularFile(path)
        && Stream.of(".md", ".xml", ".yaml", ".yml", ".json", ".lua", ".sh", ".properties", "run")
            .anyMatch(name::endsWith);
  }

  private static final class Parsed {
    static final List<SourceFile> FILES =
        Stream.of(JavaSources.MAIN, JavaSources.TEST)
            .flatMap(root -> JavaSources.below(root).stream())
            .toList();
  }
}
