package dev.tailrace.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is known not to be proved: tests that are disabled, and bugs that cannot be planted yet.
 *
 * @param disabledTests class and method, with the reason
 * @param bugsToCome names of bugs whose mechanism does not exist yet, with what they wait for
 */
record OpenCases(Map<String, String> disabledTests, Map<String, String> bugsToCome) {
  private static final Path TESTS = Path.of("src", "test", "java");
  private static final Path BUGS_TO_COME = Path.of("src", "test", "planted", "not-yet.txt");
  private static final Pattern DISABLED =
      Pattern.compile("@Disabled\\(((?:\\s*\\+?\\s*\"(?:[^\"\\\\]|\\\\.)*\")+)\\s*\\)");
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern NAMED = Pattern.compile("(?:void|class|record) (\\w+)");

  /** Those of this project. */
  static OpenCases find() throws IOException {
    Map<String, String> disabled = new TreeMap<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String type = file.getFileName().toString().replace(".java", "");
        disabled.putAll(disabled(type, Files.readString(file)));
      }
    }
    return new OpenCases(disabled, readBugsToCome());
  }

  /** The disabled tests of one source file, each with its reason. */
  static Map<String, String> disabled(String type, String source) {
    Map<String, String> disabled = new TreeMap<>();
    Matcher found = DISABLED.matcher(source);
    while (found.find()) {
      Matcher name = NAMED.matcher(source);
      String test = name.find(found.end()) ? name.group(1) : "";
      String reason =
          LITERAL
              .matcher(found.group(1))
              .results()
              .map(literal -> literal.group(1))
              .collect(Collectors.joining());
      disabled.put(test.equals(type) ? type : type + "." + test, reason);
    }
    return disabled;
  }

  private static Map<String, String> readBugsToCome() throws IOException {
    Map<String, String> bugs = new TreeMap<>();
    if (Files.exists(BUGS_TO_COME)) {
      for (String line : Files.readAllLines(BUGS_TO_COME)) {
        String[] parts = line.split(": ", 2);
        bugs.put(parts[0], parts[1]);
      }
    }
    return bugs;
  }
}
