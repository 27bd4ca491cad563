package dev.tailrace.planted;

import com.github.difflib.patch.PatchFailedException;
import com.github.difflib.unifieddiff.UnifiedDiffFile;
import com.github.difflib.unifieddiff.UnifiedDiffParserException;
import com.github.difflib.unifieddiff.UnifiedDiffReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A slip as a patch file: lines {@code Name: value}, then a unified diff of files below {@code
 * src/main}.
 *
 * @param name of the file, without its ending: {@code 03-stale-work}
 * @param slip what the slip is, in a sentence
 * @param promise which promises it breaks: {@code P6}; {@code contract} for what is said beside
 *     them
 * @param windows of grade B that it makes wider than they are named: {@code W2}; often none
 * @param caughtBy the layers that must notice it
 * @param interleavings the tests of interleavings that must notice it; mostly empty
 * @param integration the integration tests that must notice it; empty where none is named
 * @param diff the diff itself
 */
record PlantedBug(
    String name,
    String slip,
    String promise,
    List<String> windows,
    List<String> caughtBy,
    List<String> interleavings,
    List<String> integration,
    String diff) {
  static final Path FOLDER = Path.of("src", "test", "planted");

  /** How many of the three lines around a slip may have changed, as patch(1) has it. */
  private static final int FUZZ = 2;

  PlantedBug {
    windows = List.copyOf(windows);
    caughtBy = List.copyOf(caughtBy);
    interleavings = List.copyOf(interleavings);
    integration = List.copyOf(integration);
  }

  /** All of them, by their numbers. */
  static List<PlantedBug> all() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> patches =
          files.filter(file -> file.toString().endsWith(".patch")).sorted().toList();
      Stream.Builder<PlantedBug> bugs = Stream.builder();
      for (Path patch : patches) {
        String name = patch.getFileName().toString().replace(".patch", "");
        bugs.add(parse(name, Files.readString(patch)));
      }
      return bugs.build().toList();
    }
  }

  /** Reads the text of a patch file. */
  static PlantedBug parse(String name, String text) {
    int begin = text.indexOf("--- ");
    if (begin < 0) {
      throw new IllegalArgumentException(name + ": no diff");
    }
    Map<String, String> header = new LinkedHashMap<>();
    for (String line : text.substring(0, begin).replace("\n  ", " ").lines().toList()) {
      String[] parts = line.split(": ", 2);
      if (parts.length == 2) {
        header.put(parts[0], parts[1].strip());
      }
    }
    return new PlantedBug(
        name,
        header.getOrDefault("Slip", ""),
        header.getOrDefault("Breaks", ""),
        list(header.getOrDefault("Window", "")),
        list(header.getOrDefault("Caught-by", "")),
        list(header.getOrDefault("Interleavings", "")),
        list(header.getOrDefault("Integration", "")),
        text.substring(begin));
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  /**
   * The patched texts by their paths.
   *
   * @throws PatchFailedException where the sources have changed under the patch
   */
  Map<Path, String> patched() throws IOException, PatchFailedException {
    Map<Path, String> patched = new LinkedHashMap<>();
    for (UnifiedDiffFile file : files()) {
      Path path = Path.of(file.getToFile().replaceFirst("^b/", ""));
      List<String> lines = Files.readAllLines(path);
      List<String> changed = file.getPatch().applyFuzzy(lines, FUZZ);
      if (changed.equals(lines)) {
        throw new PatchFailedException(name + " changes nothing in " + path);
      }
      patched.put(path, String.join("\n", changed) + "\n");
    }
    return patched;
  }

  private List<UnifiedDiffFile> files() throws IOException {
    byte[] bytes = diff.getBytes(StandardCharsets.UTF_8);
    try {
      return UnifiedDiffReader.parseUnifiedDiff(new ByteArrayInputStream(bytes)).getFiles();
    } catch (UnifiedDiffParserException e) {
      throw new IOException(name + " is no diff", e);
    }
  }
}
