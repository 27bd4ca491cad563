package dev.tailrace.project;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * What the sources say that several threads touch: variables that are volatile, atomic, concurrent
 * or guarded by a lock, and types that lock at all.
 */
final class SharedFields extends TreePathScanner<@Nullable Void, @Nullable Void> {
  private static final Pattern CONCURRENT =
      Pattern.compile(
          "(Atomic(?!\\w*FieldUpdater)|Concurrent|CopyOnWrite|CountDownLatch|CompletableFuture"
              + "|LongAdder|Semaphore|\\w*Lock\\b|\\w*BlockingQueue|\\w*BlockingDeque).*");
  private static final Pattern GUARDED =
      Pattern.compile("// guarded by (?!its owner|the meters).*");

  private final SourceFile file;
  private final List<String> lines;
  private final Set<String> fields = new TreeSet<>();
  private final Set<String> locking = new TreeSet<>();

  private SharedFields(SourceFile file) {
    this.file = file;
    this.lines = file.text().lines().toList();
  }

  /** What is in these files: variables as {@code Type.name}, by their innermost named types. */
  static Set<String> in(List<SourceFile> files) {
    Set<String> all = new TreeSet<>();
    files.forEach(file -> all.addAll(scan(file).fields));
    return all;
  }

  /** The named types in which something is locked. */
  static Set<String> locking(List<SourceFile> files) {
    Set<String> all = new TreeSet<>();
    files.forEach(file -> all.addAll(scan(file).locking));
    return all;
  }

  private static SharedFields scan(SourceFile file) {
    SharedFields found = new SharedFields(file);
    found.scan(file.unit(), null);
    return found;
  }

  @Override
  public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
    if (isShared(variable)) {
      fields.add(type() + "." + variable.getName());
    }
    return super.visitVariable(variable, null);
  }

  private boolean isShared(VariableTree variable) {
    if (variable.getModifiers().getFlags().contains(Modifier.VOLATILE)) {
      return true;
    }
    boolean parameter = getCurrentPath().getParentPath().getLeaf() instanceof MethodTree;
    Tree type = variable.getType();
    if (!parameter && type != null && CONCURRENT.matcher(type.toString()).matches()) {
      return true;
    }
    int last = (int) file.lastLine(variable) - 1; // none for a component of a record
    boolean field = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree;
    String made = String.valueOf(variable.getInitializer());
    boolean guarded = field && last >= 0 && GUARDED.matcher(lines.get(last)).find();
    return guarded || made.contains("Concurrent");
  }

  @Override
  public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
    if (method.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
      locking.add(type());
    }
    return super.visitMethod(method, null);
  }

  @Override
  public @Nullable Void visitSynchronized(SynchronizedTree block, @Nullable Void nothing) {
    if (!block.getExpression().toString().contains("getClassLoadingLock")) { // the JDK's own
      locking.add(type());
    }
    return super.visitSynchronized(block, null);
  }

  private String type() {
    for (TreePath path = getCurrentPath(); path != null; path = path.getParentPath()) {
      Optional<String> name =
          path.getLeaf() instanceof ClassTree type
              ? Optional.of(type.getSimpleName().toString())
              : Optional.empty();
      if (name.isPresent() && !name.get().isEmpty()) {
        return name.get();
      }
    }
    throw new IllegalStateException("outside of all types: " + file.path());
  }
}
