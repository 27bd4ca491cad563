package dev.tailrace.project;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Java source files, parsed by the compiler itself, from the project or planted as text. */
final class JavaSources {
  static final Path MAIN = Path.of("src", "main", "java");
  static final Path TEST = Path.of("src", "test", "java");

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  private JavaSources() {}

  /** All files below a folder, in the order of their paths. */
  static List<SourceFile> below(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      List<SourceFile> files = new ArrayList<>();
      for (Path path : paths.filter(p -> p.toString().endsWith(".java")).sorted().toList()) {
        files.add(parse(path, Files.readString(path)));
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One file that exists as text only; its path only gives it a name. */
  static SourceFile parse(Path path, String text) {
    JavacTask task =
        (JavacTask) COMPILER.getTask(null, null, null, null, null, List.of(new Text(path, text)));
    try {
      CompilationUnitTree unit = task.parse().iterator().next();
      return new SourceFile(path, text, unit, com.sun.source.util.DocTrees.instance(task));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Compiles sources against a class path.
   *
   * @return what the compiler complains about; nothing when it is content
   */
  static List<String> compile(List<SourceFile> files, List<Path> classPath, Path output) {
    var problems = new DiagnosticCollector<JavaFileObject>();
    try (StandardJavaFileManager manager = COMPILER.getStandardFileManager(problems, null, null)) {
      manager.setLocationFromPaths(javax.tools.StandardLocation.CLASS_PATH, classPath);
      manager.setLocationFromPaths(javax.tools.StandardLocation.CLASS_OUTPUT, List.of(output));
      List<Text> texts = files.stream().map(file -> new Text(file.path(), file.text())).toList();
      boolean compiled =
          COMPILER.getTask(null, manager, problems, List.of("-proc:none"), null, texts).call();
      return compiled
          ? List.of()
          : problems.getDiagnostics().stream().map(Object::toString).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(Path path, String text) {
      super(URI.create("string:///" + path.toString().replace('\\', '/')), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
