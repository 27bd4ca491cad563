package dev.tailrace.project;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;

/** The classes that ship, as they were compiled. */
final class Project {
  private Project() {}

  static JavaClasses classes() {
    return Imported.CLASSES;
  }

  private static final class Imported {
    static final JavaClasses CLASSES =
        new ClassFileImporter().importPath(Path.of("target", "classes"));
  }
}
