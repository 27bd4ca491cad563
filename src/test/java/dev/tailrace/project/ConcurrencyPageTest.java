package dev.tailrace.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.project.MarkdownPage.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** All that several threads touch is on the page of threads, with the test of its interleavings. */
final class ConcurrencyPageTest {
  private static final String HEADING = "What two threads touch";

  /** What needs no test of interleavings, and why; the page says which field is which. */
  private static final Set<String> PLAIN = Set.of("one writer", "one operation", "one lock");

  @Test
  void everySharedFieldIsOnThePageAndNothingElseIs() {
    Set<String> shared = SharedFields.in(JavaSources.below(JavaSources.MAIN));
    assertThat(shared).hasSizeGreaterThan(50);
    assertThat(new TreeSet<>(listed())).isEqualTo(shared);
    assertThat(listed()).doesNotHaveDuplicates();
  }

  @Test
  void everyTypeThatLocksIsOnThePage() {
    assertThat(listed().stream().map(field -> field.replaceFirst("\\..*", "")))
        .containsAll(SharedFields.locking(JavaSources.below(JavaSources.MAIN)));
  }

  @Test
  void everyFieldHasATestOfItsInterleavingsOrNeedsNone() {
    for (Row row : rows()) {
      List<String> tests = row.words(3);
      if (tests.isEmpty()) {
        assertThat(PLAIN).as(row.cells().get(0)).contains(row.cells().get(3));
      }
      assertThat(tests).as(row.cells().get(0)).allMatch(ConcurrencyPageTest::exists);
    }
  }

  @Test
  void aFieldThatIsVolatileAtomicOrGuardedIsFound() {
    String text =
        """
        class A {
          private volatile int a;
          private final AtomicLong b = new AtomicLong();
          private int c; // guarded by this
          private int d; // event loop only
          static class B {
            final Set<String> e = ConcurrentHashMap.newKeySet();
            synchronized void f() {
              AtomicInteger g = new AtomicInteger();
            }
          }
        }
        """;
    List<SourceFile> planted = List.of(JavaSources.parse(Path.of("A.java"), text));
    assertThat(SharedFields.in(planted)).containsExactly("A.a", "A.b", "A.c", "B.e", "B.g");
    assertThat(SharedFields.locking(planted)).containsExactly("B");
  }

  private static List<Row> rows() {
    return MarkdownPage.read(Path.of("docs", "concurrency.md")).rows(HEADING);
  }

  /** {@code `Flight.cancelled`, `cutoff`} are two fields of Flight. */
  private static List<String> listed() {
    List<String> fields = new ArrayList<>();
    for (Row row : rows()) {
      String type = "";
      for (String word : row.words(0)) {
        type = word.contains(".") ? word.replaceFirst("\\..*", "") : type;
        fields.add(word.contains(".") ? word : type + "." + word);
      }
    }
    return fields;
  }

  private static boolean exists(String test) {
    assertThat(test).endsWith("InterleavingsTest");
    return JavaSources.below(JavaSources.TEST).stream()
        .map(file -> file.path().getFileName().toString())
        .collect(Collectors.toSet())
        .contains(test + ".java");
  }
}
