package dev.tailrace.project;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/** Java source files, parsed by the compiler itself, from the project or planted as text. */
final class JavaSources {
  static final Path MAIN = Path.of("src", "main", "java");
  static final Path TEST = Path.of("src", "test", "java");

  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  /** Shared, as it remembers what is in the jars; tests run one after the other. */
  private static final StandardJavaFileManager MANAGER =
      COMPILER.getStandardFileManager(null, null, null);

  private JavaSources() {}

  /** All files below a folder, in the order of their paths. */
  static List<SourceFile> below(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      List<Text> texts = new ArrayList<>();
      for (Path path : paths.filter(p -> p.toString().endsWith(".java")).sorted().toList()) {
        texts.add(new Text(path, Files.readString(path)));
      }
      return parse(texts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One file that exists as text only; its path only gives it a name. */
  static SourceFile parse(Path path, String text) {
    return parse(List.of(new Text(path, text))).get(0);
  }

  private static List<SourceFile> parse(List<Text> texts) {
    JavacTask task = (JavacTask) COMPILER.getTask(null, MANAGER, null, null, null, texts);
    DocTrees trees = DocTrees.instance(task);
    List<SourceFile> files = new ArrayList<>();
    try {
      Iterator<Text> sources = texts.iterator();
      for (CompilationUnitTree unit : task.parse()) { // in the order given
        Text source = sources.next();
        files.add(new SourceFile(source.path, source.text, unit, trees));
      }
      return files;
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
    try {
      MANAGER.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
      MANAGER.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Text> texts = files.stream().map(file -> new Text(file.path(), file.text())).toList();
    boolean compiled =
        COMPILER.getTask(null, MANAGER, problems, List.of("-proc:none"), null, texts).call();
    return compiled ? List.of() : problems.getDiagnostics().stream().map(Object::toString).toList();
  }

  private static final class Text extends SimpleJavaFileObject {
    private final Path path;
    private final String text;

    Text(Path path, String text) {
      super(URI.create("string:///" + path.toString().replace('\\', '/')), Kind.SOURCE);
      this.path = path;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
