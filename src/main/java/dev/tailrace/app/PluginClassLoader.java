package dev.tailrace.app;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Loads the classes of one plug-in: its own first, so that it may bring other versions of what we
 * use; save what both sides speak to each other with, which there must be once. Thread-safe.
 */
final class PluginClassLoader extends URLClassLoader {
  /** Packages of the application, whatever a plug-in brings along. */
  static final List<String> SHARED =
      List.of(
          "java.", "dev.tailrace.", "io.vertx.core.", "io.netty.", "org.slf4j.", "org.jspecify.");

  static {
    registerAsParallelCapable();
  }

  PluginClassLoader(String name, List<URL> urls, ClassLoader application) {
    super(name, urls.toArray(URL[]::new), application);
  }

  /** Whether the plug-in itself has the class. */
  boolean has(String className) {
    return !isShared(className) && findResource(className.replace('.', '/') + ".class") != null;
  }

  @Override
  protected Class<?> loadClass(String className, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(className)) {
      Class<?> loaded = findLoadedClass(className);
      if (loaded == null && has(className)) {
        loaded = findClass(className);
      }
      if (loaded == null) {
        return super.loadClass(className, resolve);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  @Override
  public URL getResource(String name) {
    URL own = isShared(name.replace('/', '.')) ? null : findResource(name);
    return own != null ? own : super.getResource(name);
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> urls = new ArrayList<>(Collections.list(findResources(name)));
    for (URL url : Collections.list(super.getResources(name))) {
      if (urls.stream().noneMatch(other -> other.toString().equals(url.toString()))) {
        urls.add(url);
      }
    }
    return Collections.enumeration(urls);
  }

  private static boolean isShared(String name) {
    return SHARED.stream().anyMatch(name::startsWith);
  }
}
