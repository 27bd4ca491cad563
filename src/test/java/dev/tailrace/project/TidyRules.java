package dev.tailrace.project;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import org.jspecify.annotations.Nullable;

/** Walks one source file and writes down what is not tidy, each with its place. */
final class TidyRules extends TreePathScanner<@Nullable Void, @Nullable Void> {
  static final int FILE_LINES = 400;
  static final int METHOD_LINES = 60;
  static final int METHOD_PARAMETERS = 5;
  static final int CONSTRUCTOR_PARAMETERS = 8;

  private static final Pattern EMPTY_NAMES = Pattern.compile(".*(Manager|Helper|Utils?|Impl)");
  private static final Pattern TEST_NAMES = Pattern.compile("[a-z][A-Za-z0-9]+");
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME)\\b");
  private static final List<String> TEST_ANNOTATIONS =
      List.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory");

  private static final List<String> PARSER =
      List.of("Option", "Parameters", "Mixin", "Spec", "ParentCommand", "ArgGroup");
  private static final Pattern OWNER =
      Pattern.compile("(?i)event loop|thread|owner|guarded|confined");

  private final SourceFile file;
  private final boolean confined;
  private final List<String> lines;
  private final List<String> violations = new ArrayList<>();

  private TidyRules(SourceFile file, boolean confined) {
    this.file = file;
    this.confined = confined;
    this.lines = file.text().lines().toList();
  }

  /**
   * What is wrong in a file; nothing when it is tidy.
   *
   * @param confined whether the package says that one thread uses all of it
   */
  static List<String> check(SourceFile file, boolean confined) {
    TidyRules rules = new TidyRules(file, confined);
    if (rules.lines.size() > FILE_LINES) {
      rules.refuse(file.unit(), rules.lines.size() + " lines; at most " + FILE_LINES);
    }
    rules.violations.addAll(unfinished(file.path().toString(), file.text()));
    rules.scan(file.unit(), null);
    return rules.violations;
  }

  /** Where a text promises work that is not done. */
  static List<String> unfinished(String name, String text) {
    List<String> found = new ArrayList<>();
    int line = 0;
    for (String content : text.lines().toList()) {
      line++;
      if (UNFINISHED.matcher(content).find()) {
        found.add(name + ":" + line + ": unfinished: " + content.strip());
      }
    }
    return found;
  }

  @Override
  public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
    if (EMPTY_NAMES.matcher(type.getSimpleName()).matches()) {
      refuse(type, type.getSimpleName() + " says nothing; name what makes it different");
    }
    if (file.isMain() && mustBeDocumented(type) && comment(getCurrentPath()).isBlank()) {
      refuse(type, type.getSimpleName() + " has no Javadoc");
    }
    return super.visitClass(type, null);
  }

  @Override
  public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
    long lines = file.lastLine(method) - file.firstLine(method) + 1;
    if (lines > METHOD_LINES) {
      refuse(method, method.getName() + " has " + lines + " lines; at most " + METHOD_LINES);
    }
    int parameters = method.getParameters().size();
    boolean constructor = method.getReturnType() == null;
    int most = constructor ? CONSTRUCTOR_PARAMETERS : METHOD_PARAMETERS;
    if (parameters > most && !has(method, "Override") && !ofRecord()) {
      refuse(method, method.getName() + " has " + parameters + " parameters; at most " + most);
    }
    boolean test = TEST_ANNOTATIONS.stream().anyMatch(annotation -> has(method, annotation));
    if (test && !TEST_NAMES.matcher(method.getName()).matches()) {
      refuse(method, method.getName() + ": a test's name is a sentence in camelCase");
    }
    return super.visitMethod(method, null);
  }

  @Override
  public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
    Tree owner = getCurrentPath().getParentPath().getLeaf();
    boolean field = owner instanceof ClassTree type && type.getKind() == Tree.Kind.CLASS;
    boolean shared = file.isMain() && !confined;
    if (shared && field && mutable(variable) && !setByParser(variable)) {
      String ofType = comment(getCurrentPath().getParentPath());
      if (!OWNER.matcher(ofType).find() && !saysItsOwner(variable)) {
        refuse(variable, variable.getName() + " may change and does not say who owns it");
      }
    }
    return super.visitVariable(variable, null);
  }

  @Override
  public @Nullable Void visitMemberSelect(MemberSelectTree select, @Nullable Void nothing) {
    String text = select.toString();
    boolean prints = text.equals("System.out") || text.equals("System.err");
    if (file.isMain() && prints && !isCommandLine()) {
      refuse(select, text + " outside the command line");
    }
    return super.visitMemberSelect(select, null);
  }

  @Override
  public @Nullable Void visitMethodInvocation(MethodInvocationTree call, @Nullable Void nothing) {
    String method = call.getMethodSelect().toString();
    if (file.isMain() && method.endsWith(".printStackTrace") && !isCommandLine()) {
      refuse(call, "an error is logged or passed on, not printed");
    }
    // what the classes of com.example do stands for a user's work, which may take its time
    boolean test = !file.isMain() && !file.packageName().startsWith("com.example");
    if (test && method.matches("Thread\\.sleep|(TimeUnit\\.)?[A-Z]+\\.sleep")) {
      refuse(call, "a test waits for a signal, not for a time");
    }
    return super.visitMethodInvocation(call, null);
  }

  private boolean mustBeDocumented(ClassTree type) {
    boolean outermost = getCurrentPath().getParentPath().getLeaf() == file.unit();
    return outermost || type.getModifiers().getFlags().contains(Modifier.PUBLIC);
  }

  private boolean isCommandLine() {
    return file.packageName().equals("dev.tailrace.cli");
  }

  private String comment(TreePath path) {
    DocTrees trees = file.trees();
    String comment = trees.getDocComment(path);
    return comment == null ? "" : comment;
  }

  /** Options of a command are written once, by the parser, before the command runs. */
  private boolean setByParser(VariableTree field) {
    return isCommandLine()
        && field.getModifiers().getAnnotations().stream()
            .anyMatch(found -> PARSER.contains(found.getAnnotationType().toString()));
  }

  private boolean ofRecord() {
    return getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
  }

  /** A volatile field says by itself that it is shared. */
  private static boolean mutable(VariableTree field) {
    Set<Modifier> modifiers = field.getModifiers().getFlags();
    return !modifiers.contains(Modifier.FINAL) && !modifiers.contains(Modifier.VOLATILE);
  }

  /** A comment on the field's lines, or above it in its block of lines without a gap. */
  private boolean saysItsOwner(VariableTree field) {
    int last = (int) file.lastLine(field);
    for (int line = last; line >= 1 && !lines.get(line - 1).isBlank(); line--) {
      String content = lines.get(line - 1);
      boolean opensType = line < file.firstLine(field) && content.endsWith("{");
      if (opensType) {
        return false;
      }
      if (content.contains("//") || content.strip().startsWith("*") || content.contains("/**")) {
        return true;
      }
    }
    return false;
  }

  private static boolean has(MethodTree method, String annotation) {
    return method.getModifiers().getAnnotations().stream()
        .anyMatch(found -> found.getAnnotationType().toString().endsWith(annotation));
  }

  private void refuse(Tree tree, String what) {
    violations.add(String.format(Locale.ROOT, "%s: %s", file.at(tree), what));
  }
}
