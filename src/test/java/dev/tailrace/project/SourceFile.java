package dev.tailrace.project;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import java.nio.file.Path;

/** One parsed Java file. */
record SourceFile(Path path, String text, CompilationUnitTree unit, DocTrees trees) {
  boolean isMain() {
    return path.startsWith(JavaSources.MAIN);
  }

  boolean isPackageInfo() {
    return path.endsWith("package-info.java");
  }

  String packageName() {
    return unit.getPackage() == null ? "" : unit.getPackage().getPackageName().toString();
  }

  /** The full name of the outermost type, as the file's name tells. */
  String typeName() {
    return packageName() + "." + path.getFileName().toString().replace(".java", "");
  }

  long firstLine(Tree tree) {
    return unit.getLineMap().getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
  }

  long lastLine(Tree tree) {
    return unit.getLineMap().getLineNumber(trees.getSourcePositions().getEndPosition(unit, tree));
  }

  /** Where a tree stands, for messages. */
  String at(Tree tree) {
    return path + ":" + firstLine(tree);
  }
}
