package dev.tailrace.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A user's jar, compiled from source by the test. */
final class PluginJar {
  private PluginJar() {}

  /** Compiles one class in the package {@code com.acme} and puts it into a jar. */
  static Path write(Path jar, Path workspace, String name, String body) throws IOException {
    Path source = workspace.resolve("src/com/acme/" + name + ".java");
    Path classes = Files.createDirectories(workspace.resolve("classes-" + jar.getFileName()));
    Files.createDirectories(source.getParent());
    Files.writeString(
        source,
        """
        package com.acme;
        import dev.tailrace.message.*;
        import io.vertx.core.Future;
        """
            + body);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int failed =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            source.toString());
    if (failed != 0) {
      throw new IllegalStateException("does not compile: " + body);
    }
    Files.createDirectories(jar.getParent());
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream packed = new JarOutputStream(out)) {
      for (Path file : files(classes)) {
        packed.putNextEntry(new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, packed);
        packed.closeEntry();
      }
    }
    return jar;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
