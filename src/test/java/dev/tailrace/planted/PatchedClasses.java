package dev.tailrace.planted;

import com.github.difflib.patch.PatchFailedException;
import dev.tailrace.local.TestClassPath;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The files that a bug changes, compiled into a folder that goes before all others. */
final class PatchedClasses {
  private static final Path JAVA = Path.of("src", "main", "java");
  private static final Path RESOURCES = Path.of("src", "main", "resources");

  private PatchedClasses() {}

  /** Patches copies of the sources below {@code folder}, and compiles them; the classes' folder. */
  static Path build(PlantedBug bug, Path folder) throws IOException, PatchFailedException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<Path> sources = new ArrayList<>();
    for (Map.Entry<Path, String> file : bug.patched().entrySet()) {
      Path original = file.getKey();
      boolean java = original.startsWith(JAVA);
      Path copy =
          java
              ? folder.resolve("sources").resolve(JAVA.relativize(original))
              : classes.resolve(RESOURCES.relativize(original));
      Files.createDirectories(copy.getParent());
      Files.writeString(copy, file.getValue());
      if (java) {
        sources.add(copy);
      }
    }
    if (!sources.isEmpty()) {
      compile(bug.name(), sources, classes);
    }
    return classes;
  }

  private static void compile(String name, List<Path> sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var problems = new DiagnosticCollector<JavaFileObject>();
    List<String> options =
        List.of(
            "-proc:none",
            "-parameters",
            "-g",
            "--release",
            "17",
            "-nowarn",
            "-cp",
            TestClassPath.joined(),
            "-d",
            classes.toString());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
      var units = files.getJavaFileObjectsFromPaths(sources);
      if (!compiler.getTask(null, files, problems, options, null, units).call()) {
        throw new IOException(name + " does not compile: " + problems.getDiagnostics());
      }
    }
  }

  /** A copy of the fat jar with these classes in the place of its own. */
  static Path jar(Path original, Path classes, Path copy) throws IOException {
    Files.copy(original, copy, StandardCopyOption.REPLACE_EXISTING);
    try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + copy.toUri()), Map.of());
        Stream<Path> below = Files.walk(classes)) {
      for (Path file : below.filter(Files::isRegularFile).toList()) {
        Path inside = jar.getPath("/" + classes.relativize(file).toString().replace('\\', '/'));
        Files.copy(file, inside, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return copy;
  }
}
