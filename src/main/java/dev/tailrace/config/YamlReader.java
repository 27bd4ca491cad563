package dev.tailrace.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads YAML to a tree with places. Everything that a hostile file could inflate has a limit:
 * bytes, depth, aliases and nodes (aliases share nodes, so that few bytes could denote millions).
 */
final class YamlReader {

  static final int MAX_BYTES = 1 << 20;
  static final int MAX_DEPTH = 40;
  static final int MAX_ALIASES = 50;
  static final int MAX_NODES = 50_000;

  private static final String VALID = "allowed: valid YAML";

  private final Interpolation interpolation;
  private final Problems problems;
  private int nodes; // the reading thread only

  YamlReader(Interpolation interpolation, Problems problems) {
    this.interpolation = interpolation;
    this.problems = problems;
  }

  /**
   * Reads a file's content; what is wrong is reported to the problems.
   *
   * @return the object, or null where the file is not one
   */
  @Nullable ConfigObject file(String name, int rank, byte[] content) {
    Place start = Place.inFile(name, rank, 1, 1);
    if (content.length > MAX_BYTES) {
      problems.error(start, "", "the file is too long", "allowed: at most 1MiB");
      return null;
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      problems.error(start, "", "the file is not UTF-8 text", VALID);
      return null;
    }
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    ConfigNode node = read(body, start, mark -> at(name, rank, mark));
    if (node == null || (node instanceof ConfigScalar scalar && scalar.isNull())) {
      return node == null ? null : ConfigObject.empty(start, false);
    }
    if (node instanceof ConfigObject object) {
      return object;
    }
    problems.error(node.place(), "", "the file is not an object", "allowed: keys with values");
    return null;
  }

  /** Reads a list or an object that stands in one argument or variable. */
  @Nullable ConfigNode argument(String text, Place place) {
    return read(text, place, mark -> place);
  }

  /** Reads a file of several documents, and takes those that are objects. */
  List<ConfigObject> documents(String name, String text) {
    Function<Mark, Place> places = mark -> at(name, 0, mark);
    List<ConfigObject> objects = new ArrayList<>();
    parse(
        Place.inFile(name, 0, 1, 1),
        places,
        () -> {
          Composer composer = composer(text);
          nodes = 0;
          while (composer.checkNode()) {
            if (convert(composer.getNode(), "", 0, places) instanceof ConfigObject object) {
              objects.add(object);
            }
          }
          return null;
        });
    return objects;
  }

  private @Nullable ConfigNode read(String text, Place start, Function<Mark, Place> places) {
    return parse(
        start,
        places,
        () -> {
          Node node = composer(text).getSingleNode();
          nodes = 0;
          return node == null
              ? new ConfigScalar(start, ConfigScalar.Kind.NULL, "", "", false, false)
              : convert(node, "", 0, places);
        });
  }

  private static Composer composer(String text) {
    LoaderOptions limits = new LoaderOptions();
    limits.setNestingDepthLimit(MAX_DEPTH);
    limits.setMaxAliasesForCollections(MAX_ALIASES);
    limits.setCodePointLimit(MAX_BYTES);
    limits.setTagInspector(tag -> true); // nothing is constructed here; refuseTag says it better
    return new Composer(new ParserImpl(new StreamReader(text), limits), new PlainText(), limits);
  }

  /** What parsing brings; null where the text is malformed, which is reported. */
  private @Nullable ConfigNode parse(
      Place start, Function<Mark, Place> places, Supplier<@Nullable ConfigNode> parsing) {
    try {
      return parsing.get();
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      problems.error(mark == null ? start : places.apply(mark), "", oneLine(e.getProblem()), VALID);
      return null;
    } catch (YAMLException | IndexOutOfBoundsException | IllegalArgumentException e) {
      // The parser meets some malformed input with errors of its own kind, without a place.
      problems.error(start, "", oneLine(e.getMessage()), VALID);
      return null;
    }
  }

  private static String oneLine(@Nullable String message) {
    String text = message == null ? "invalid YAML" : message.lines().findFirst().orElse("");
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static Place at(String name, int rank, Mark mark) {
    return Place.inFile(name, rank, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private ConfigNode convert(Node node, String path, int depth, Function<Mark, Place> places) {
    Place place = places.apply(node.getStartMark());
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) {
      throw new YAMLException("too large: more than 50000 values, or nested deeper than 40");
    }
    if (node instanceof MappingNode mapping) {
      refuseTag(node, Tag.MAP, place, path);
      return object(mapping, place, path, depth, places);
    }
    if (node instanceof SequenceNode sequence) {
      refuseTag(node, Tag.SEQ, place, path);
      List<ConfigNode> items = new ArrayList<>();
      for (Node item : sequence.getValue()) {
        items.add(convert(item, path + "[" + items.size() + "]", depth + 1, places));
      }
      return new ConfigList(place, items, false);
    }
    refuseTag(node, Tag.STR, place, path);
    return scalar((ScalarNode) node, place, path);
  }

  private ConfigObject object(
      MappingNode mapping, Place place, String path, int depth, Function<Mark, Place> places) {
    Map<String, ConfigObject.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Place keyPlace = places.apply(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
        problems.error(keyPlace, path, "a key is not text", "allowed: text as keys");
        continue;
      }
      String key = keyNode.getValue();
      String keyPath = Target.join(path, key);
      if (key.equals("<<") && keyNode.isPlain()) {
        problems.error(keyPlace, keyPath, "merge keys are not supported", "allowed: plain keys");
        continue;
      }
      ConfigNode value = convert(tuple.getValueNode(), keyPath, depth + 1, places);
      ConfigObject.Entry first = entries.putIfAbsent(key, new ConfigObject.Entry(keyPlace, value));
      if (first != null) {
        problems.error(
            keyPlace,
            keyPath,
            "duplicate key, set before at " + first.keyPlace(),
            "allowed: each key once");
      }
    }
    return new ConfigObject(place, entries, false);
  }

  private void refuseTag(Node node, Tag expected, Place place, String path) {
    if (!node.getTag().equals(expected)) {
      problems.error(place, path, "tags are not supported", "allowed: the value without its tag");
    }
  }

  private ConfigScalar scalar(ScalarNode node, Place place, String path) {
    boolean plain = node.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
    ConfigScalar.Kind kind = plain ? ConfigScalar.Kind.of(node.getValue()) : ConfigScalar.Kind.TEXT;
    var scalar = new ConfigScalar(place, kind, node.getValue(), node.getValue(), false, false);
    return interpolated(scalar, path);
  }

  /** The scalar with its references replaced; it is then loose, since the text is another. */
  ConfigScalar interpolated(ConfigScalar scalar, String path) {
    try {
      Interpolation.Result result = interpolation.resolve(scalar.text());
      if (!result.changed()) {
        return scalar;
      }
      return new ConfigScalar(
          scalar.place(),
          ConfigScalar.Kind.of(result.text()),
          result.text(),
          result.shown(),
          true,
          false);
    } catch (Interpolation.Unresolved e) {
      problems.error(scalar.place(), path, e.problem(), e.allowed());
      return scalar;
    }
  }

  /** Leaves every scalar text: {@link ConfigScalar.Kind} decides by the rules of YAML 1.2. */
  private static final class PlainText extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      // none: YAML 1.1 would read yes, on and 1:30 as other than text
    }
  }
}
