package dev.tailrace.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the values of the environment and of {@code --set} into the tree of the files. */
final class AssignmentMerge {

  private final ConfigSchema schema;
  private final YamlReader reader;
  private final Problems problems;

  AssignmentMerge(ConfigSchema schema, YamlReader reader, Problems problems) {
    this.schema = schema;
    this.reader = reader;
    this.problems = problems;
  }

  ConfigObject apply(ConfigObject root, Assignment assignment) {
    var target = new Target("", "", root, new StructureType.Inner(schema.root()), null);
    return (ConfigObject) set(target, 0, assignment);
  }

  private ConfigNode set(Target target, int depth, Assignment assignment) {
    List<String> path = assignment.path();
    if (depth == path.size()) {
      var scalar =
          new ConfigScalar(
              assignment.place(),
              ConfigScalar.Kind.of(assignment.text()),
              assignment.text(),
              assignment.text(),
              true,
              false);
      return reader.interpolated(scalar, target.path());
    }
    String key = path.get(depth);
    if (target.type() instanceof StructureType.NamedList named) {
      return setInList(target, named, depth, assignment);
    }
    ConfigObject object =
        target.node() instanceof ConfigObject existing
            ? existing
            : ConfigObject.empty(assignment.place(), false);
    Target child = Target.missing(schema, target, key);
    ConfigNode old = object.get(key);
    ConfigNode below = old == null ? ConfigObject.empty(assignment.place(), false) : old;
    Target next = new Target(child.path(), key, below, child.type(), child.property());
    return object.with(key, keyPlace(object, key, assignment), set(next, depth + 1, assignment));
  }

  private static Place keyPlace(ConfigObject object, String key, Assignment assignment) {
    ConfigObject.@Nullable Entry entry = object.entries().get(key);
    return entry == null ? assignment.place() : entry.keyPlace();
  }

  private ConfigNode setInList(
      Target target, StructureType.NamedList named, int depth, Assignment assignment) {
    String name = assignment.path().get(depth);
    List<ConfigNode> items =
        target.node() instanceof ConfigList list ? new ArrayList<>(list.items()) : List.of();
    int at = TreeMerge.indexOf(items, name);
    if (at < 0) {
      List<String> names = items.stream().flatMap(item -> TreeMerge.name(item).stream()).toList();
      problems.error(
          assignment.place(),
          Target.join(target.path(), name),
          "there is nothing of that name",
          Suggestions.phrase(name, names));
      return target.node() instanceof ConfigObject
          ? new ConfigList(assignment.place(), List.of(), false)
          : target.node();
    }
    Target item =
        new Target(
            Target.join(target.path(), name),
            name,
            items.get(at),
            new StructureType.Inner(named.item()),
            null);
    items.set(at, set(item, depth + 1, assignment));
    return new ConfigList(target.node().place(), items, false);
  }
}
