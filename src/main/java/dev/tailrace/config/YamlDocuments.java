package dev.tailrace.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files that are not ours to define, as manifests of Kubernetes, read with their places. */
public final class YamlDocuments {
  private YamlDocuments() {}

  /**
   * Reads all documents of a file that are objects; nothing in them is interpolated.
   *
   * @throws ConfigException where the file cannot be read or is no YAML
   */
  public static List<ConfigObject> read(Path file) throws ConfigException {
    Problems problems = new Problems();
    List<ConfigObject> objects = List.of();
    try (InputStream stream = Files.newInputStream(file)) {
      String text = new String(stream.readNBytes(YamlReader.MAX_BYTES + 1), StandardCharsets.UTF_8);
      objects = new YamlReader(Interpolation.none(), problems).documents(file.toString(), text);
    } catch (IOException e) {
      problems.error(
          Place.inFile(file.toString(), 0, 0, 0),
          "",
          "cannot be read (" + Reasons.of(e) + ")",
          "allowed: a readable YAML file");
    }
    problems.throwIfAny();
    return objects;
  }
}
