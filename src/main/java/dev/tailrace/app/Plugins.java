package dev.tailrace.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The users' jars: each sub-folder of a plug-in folder, with the jars and classes in it, and each
 * lone jar, has a class loader of its own. Immutable; the loaders live as long as the process.
 */
final class Plugins {
  private final List<Path> folders;
  private final List<PluginClassLoader> loaders;
  private final ClassLoader application;

  private Plugins(List<Path> folders, List<PluginClassLoader> loaders, ClassLoader application) {
    this.folders = folders;
    this.loaders = loaders;
    this.application = application;
  }

  /**
   * Looks into the folders; one that is not there holds no plug-ins.
   *
   * @throws UncheckedIOException where one cannot be read
   */
  static Plugins in(List<Path> folders, ClassLoader application) {
    List<PluginClassLoader> loaders = new ArrayList<>();
    for (Path folder : folders) {
      for (Path entry : entries(folder)) {
        if (Files.isDirectory(entry)) {
          List<URL> urls = new ArrayList<>(List.of(url(entry)));
          entries(entry).stream().filter(Plugins::isJar).map(Plugins::url).forEach(urls::add);
          loaders.add(new PluginClassLoader(entry.getFileName().toString(), urls, application));
        } else if (isJar(entry)) {
          String name = entry.getFileName().toString();
          loaders.add(new PluginClassLoader(name, List.of(url(entry)), application));
        }
      }
    }
    return new Plugins(
        folders.stream().map(Path::toAbsolutePath).map(Path::normalize).toList(),
        List.copyOf(loaders),
        application);
  }

  /**
   * Finds a class: in the one plug-in that has it, else in the application.
   *
   * @throws ClassNotFoundException says where it was looked for, or that several have it
   */
  Class<?> find(String className) throws ClassNotFoundException {
    List<PluginClassLoader> having =
        loaders.stream().filter(loader -> loader.has(className)).toList();
    if (having.size() > 1) {
      throw new ClassNotFoundException(
          "is in several plug-ins: "
              + String.join(", ", having.stream().map(ClassLoader::getName).toList()));
    }
    try {
      ClassLoader loader = having.isEmpty() ? application : having.get(0);
      return PluginScope.<Class<?>, ClassNotFoundException>as(
          loader, () -> Class.forName(className, true, loader));
    } catch (ClassNotFoundException nowhere) {
      throw new ClassNotFoundException("is not found; looked in " + places(), nowhere);
    }
  }

  private String places() {
    List<String> places = new ArrayList<>();
    for (Path folder : folders) {
      places.add(folder + (Files.isDirectory(folder) ? "" : " (which is not there)"));
    }
    String found =
        loaders.isEmpty()
            ? "no plug-ins"
            : "plug-ins " + String.join(", ", loaders.stream().map(ClassLoader::getName).toList());
    return String.join(", ", places) + " (" + found + ") and in Tailrace itself";
  }

  private static List<Path> entries(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + folder, unreadable);
    }
  }

  private static boolean isJar(Path path) {
    return path.toString().endsWith(".jar") && Files.isRegularFile(path);
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
