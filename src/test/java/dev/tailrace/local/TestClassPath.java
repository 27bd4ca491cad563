package dev.tailrace.local;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The class path of the tests, for compilers and child processes. */
public final class TestClassPath {
  private TestClassPath() {}

  /** Its folders and jars; Surefire hides them in a manifest, exec-maven-plugin in a loader. */
  public static List<Path> entries() {
    if (TestClassPath.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs()).map(TestClassPath::path).toList();
    }
    String joined =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(joined.split(File.pathSeparator, -1)).map(Path::of).toList();
  }

  /** As the {@code -cp} option wants it. */
  public static String joined() {
    return join(entries());
  }

  /** These, as the {@code -cp} option wants them. */
  static String join(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static Path path(URL url) {
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("class path entry " + url, e);
    }
  }
}
