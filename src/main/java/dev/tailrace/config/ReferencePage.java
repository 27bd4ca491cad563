package dev.tailrace.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Writes {@code docs/configuration.md}: one table for each object of the schema. */
final class ReferencePage {

  private static final String INTRODUCTION =
      """
      # Configuration

      This page is generated from the schema (`config schema` prints it); `mvn verify` compares
      the two.

      One YAML file, or several, the later over the earlier: objects merge key by key, lists of
      named objects name by name, everything else is replaced. Over the files stand environment
      variables, and over those `--set`:

      | In a file | Environment | Argument |
      |---|---|---|
      | `drain: {deadline: 40s}` | `TAILRACE_DRAIN__DEADLINE=40s` | `--set drain.deadline=40s` |
      | `pipelines: [{name: orders, timeout: 5s}]` | `TAILRACE_PIPELINES__ORDERS__TIMEOUT=5s` | `--set pipelines.orders.timeout=5s` |
      | `kafka: {max.poll.records: 100}` | `TAILRACE_KAFKA__MAX_POLL_RECORDS=100` | `--set kafka.max.poll.records=100` |
      | `name: orders-worker` | `TAILRACE_NAME=orders-worker` | `--set name=orders-worker` |

      Only variables with `__`, and `TAILRACE_NAME`, `TAILRACE_INSTANCE` and `TAILRACE_URL` (the
      address that commands talk to), are read. A list is written `[a, b]` or `a,b` there.

      * **Units are mandatory**: `ms s m h d` for durations, `KiB MiB GiB` for sizes, `%` for
        percentages; whole numbers only.
      * **References**: `${env:X}`, `${env:X:-default}`, `${file:/path}` (the end of its last line
        is cut); `$${` is a literal `${`.
      * **Secrets** (what comes from a file, and keys such as `password`, `token`, `secret`,
        `sasl.jaas.config`; user and password in URLs) are masked wherever configuration is
        printed, and are not part of its hash.
      * `yes`, `no`, `on` and `off` are text, as in YAML 1.2; `null` leaves a key unset. Duplicate
        keys, tags and merge keys are refused; a file is at most 1 MiB.
      * Every mistake is reported at once: `error: FILE:LINE:COLUMN: key: what is wrong; what is
        allowed`. Keys and values marked *not yet* are refused, with these words.
      """;

  private record Part(String title, String description, ObjectSchema schema) {}

  private final ConfigSchema schema;
  private final StringBuilder out = new StringBuilder(); // the writing thread only
  private final Deque<Part> pending = new ArrayDeque<>(); // the writing thread only

  ReferencePage(ConfigSchema schema) {
    this.schema = schema;
  }

  String write() {
    out.setLength(0);
    out.append(INTRODUCTION);
    pending.add(new Part("The root", "", schema.root()));
    while (!pending.isEmpty()) {
      Part part = pending.removeFirst();
      out.append("\n## ").append(part.title()).append("\n\n");
      if (!part.description().isEmpty()) {
        out.append(part.description()).append(".\n\n");
      }
      table(part);
    }
    return out.toString();
  }

  private void table(Part part) {
    ObjectSchema object = part.schema();
    String prefix = part.title().startsWith("`") ? part.title().replace("`", "") : "";
    Deque<Part> below = new ArrayDeque<>();
    if (object.properties().isEmpty()) {
      out.append("No keys.\n");
    } else {
      out.append("| Key | Type | Default | What |\n|---|---|---|---|\n");
    }
    for (Property property : object.properties().values()) {
      row(property);
      parts(Target.join(prefix, property.name()), property, below);
    }
    notes(object);
    // Depth first: what belongs to a key follows the table in which the key stands.
    while (!below.isEmpty()) {
      pending.addFirst(below.removeLast());
    }
  }

  private void row(Property property) {
    boolean notYet = property.marks().notYet();
    out.append("| `").append(property.name()).append("` | ");
    out.append(notYet ? "*not yet*" : cell(type(property))).append(" | ");
    out.append(byDefault(property)).append(" | ");
    out.append(cell(property.description()));
    if (property.secret()) {
      out.append(" (secret)");
    }
    out.append(" |\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private String byDefault(Property property) {
    if (property.required()) {
      return "**required**";
    }
    return property.defaultValue() == null
        ? "–"
        : "`" + ReferenceYaml.printed(property.defaultValue()) + "`";
  }

  private String type(Property property) {
    ValueType type = property.type();
    if (type instanceof ScalarType.Choice choice) {
      String words = code(choice.composed(schema).values());
      return choice.later().isEmpty()
          ? words
          : words + " (*not yet*: " + code(choice.later()) + ")";
    }
    if (type instanceof ScalarType.Whole whole) {
      String most = whole.most() == Long.MAX_VALUE ? "" : " to " + whole.most();
      return "integer, " + whole.least() + most;
    }
    if (type instanceof ScalarType.Text text && text.pattern() != null) {
      return text.phrase();
    }
    if (type instanceof ScalarType scalar) {
      return scalar.label();
    }
    if (type instanceof ListType list) {
      return list.label();
    }
    if (type instanceof StructureType.OneOf oneOf) {
      return "one of "
          + code(schema.fragments(oneOf.point()).stream().map(Fragment::type).toList());
    }
    if (type instanceof StructureType.Free) {
      return "object with any keys";
    }
    return type instanceof StructureType.NamedList ? "list of objects" : "object";
  }

  private static String code(List<String> words) {
    return String.join(", ", words.stream().map(word -> "`" + word + "`").toList());
  }

  private void parts(String path, Property property, Deque<Part> below) {
    if (property.type() instanceof StructureType.Inner inner) {
      below.add(new Part("`" + path + "`", property.description(), inner.schema()));
    } else if (property.type() instanceof StructureType.NamedList named) {
      below.add(new Part("`" + path + "[]`", property.description(), named.item()));
    } else if (property.type() instanceof StructureType.OneOf oneOf) {
      for (Fragment fragment : schema.fragments(oneOf.point())) {
        String title = "`" + path + "." + fragment.type() + "`";
        String description = property.description() + ": `" + fragment.type() + "`";
        below.add(new Part(title, description, fragment.schema()));
      }
    }
  }

  private void notes(ObjectSchema object) {
    for (List<String> group : object.exactlyOne()) {
      out.append("\nExactly one of ").append(code(group)).append(" must be set.\n");
    }
    if (object.shorthand() != null) {
      String key = object.shorthand();
      out.append("\nA single value in place of the object sets `").append(key).append("`.\n");
    }
    ObjectSchema.NativeKeys keys = object.nativeKeys();
    if (keys != null) {
      String which = keys.allowed().isEmpty() ? "any" : code(keys.passedOn());
      out.append("\nNative keys that are passed on: ").append(which).append(".\n");
      if (!keys.refused().isEmpty()) {
        out.append("\nRefused, with what to set instead: ");
        out.append(code(List.copyOf(keys.refused()))).append(".\n");
      }
    }
  }
}
