package dev.tailrace.project;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.tailrace.local.TestClassPath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Classes compiled from text in a test, to see a rule refuse them. */
final class PlantedClasses {
  private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
  private static final Pattern TYPE = Pattern.compile("(?:class|interface|record) (\\w+)");

  private PlantedClasses() {}

  /**
   * Compiles sources with the tests' class path and reads them as the rules read the project.
   *
   * @param folder where the class files go
   * @param sources each a whole file with its package line
   */
  static JavaClasses compile(Path folder, String... sources) {
    List<SourceFile> files = new ArrayList<>();
    for (String source : sources) {
      String path = group(PACKAGE, source).replace('.', '/') + "/" + group(TYPE, source) + ".java";
      files.add(JavaSources.parse(Path.of(path), source));
    }
    List<String> problems = JavaSources.compile(files, TestClassPath.entries(), folder);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("planted code does not compile: " + problems);
    }
    return new ClassFileImporter().importPath(folder);
  }

  private static String group(Pattern pattern, String source) {
    Matcher matcher = pattern.matcher(source);
    if (!matcher.find()) {
      throw new IllegalArgumentException("no " + pattern + " in " + source);
    }
    return matcher.group(1);
  }
}
