package dev.tailrace.app;

import dev.tailrace.config.ConfigDiff;
import dev.tailrace.config.ConfigDiff.Change;
import dev.tailrace.config.ConfigError;
import dev.tailrace.config.ConfigException;
import dev.tailrace.config.ConfigSection;
import dev.tailrace.config.EffectiveConfig;
import dev.tailrace.config.PemTls;
import dev.tailrace.lifecycle.DrainConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * By which moves a running pool comes from one configuration to another: a pure function of both.
 * Immutable.
 *
 * @param changes every value that differs, in the order of the new configuration
 * @param moves what happens to pipelines: what goes, then what changes, then what comes
 * @param drain how the pool drains from then on
 * @param sha256 of the new configuration
 */
public record ReloadPlan(List<Change> changes, List<Move> moves, DrainConfig drain, String sha256) {
  private static final Set<String> BROKERS = Set.of("kafka", "redis");

  /** What of a pipeline changes while it goes on. */
  private static final List<String> LIMITS =
      List.of(".concurrency", ".buffer.messages", ".buffer.bytes", ".retry.parked");

  private static final String LISTENS = "the server listens already";
  private static final String UNMOVED = "allowed: as it was, or a restart";

  /** What is read once, by the beginning of its path, and why it stays. */
  private static final Map<String, String> FIXED = fixed();

  /** Copies the lists. */
  public ReloadPlan {
    changes = List.copyOf(changes);
    moves = List.copyOf(moves);
  }

  /** What becomes of a pipeline. */
  public enum Kind {
    /** It drains and is gone. */
    REMOVED,
    /** It drains, and begins again as it is configured now. */
    RESTARTED,
    /** It begins. */
    ADDED,
    /** It goes on, with other limits. */
    LIMITED;

    /** As told to people and programs. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A move of one pipeline.
   *
   * @param kind what happens
   * @param before null where it is added
   * @param after null where it is removed
   */
  public record Move(Kind kind, @Nullable Pipeline before, @Nullable Pipeline after) {
    /** The pipeline's name. */
    public String pipeline() {
      Pipeline named = after == null ? before : after;
      return named == null ? "" : named.name();
    }

    /** The way back. */
    Move undone() {
      Kind back =
          switch (kind) {
            case REMOVED -> Kind.ADDED;
            case ADDED -> Kind.REMOVED;
            case RESTARTED, LIMITED -> kind;
          };
      return new Move(back, /* before= */ after, /* after= */ before);
    }
  }

  private static Map<String, String> fixed() {
    Map<String, String> fixed = new LinkedHashMap<>();
    String who = "brokers and stores know this process by it";
    fixed.put("name", who);
    fixed.put("instance", who);
    fixed.put("plugins", "users' classes are loaded from there at the start");
    fixed.put("admin.host", LISTENS);
    fixed.put("admin.port", LISTENS);
    fixed.put("admin.token", LISTENS);
    fixed.put("probes", LISTENS);
    fixed.put("events", "the log is open already");
    fixed.put("report", "it is read at the start");
    fixed.put("audit", "the trail has begun already");
    fixed.put("fleet", "it is seen there already");
    fixed.put("reload", "it is read at the start");
    fixed.put("telemetry.otel", "it is read at the start");
    fixed.put("drain.triggers", "they are read at the start");
    fixed.put("drain.notify", "it is read at the start");
    return fixed;
  }

  /**
   * Finds the moves.
   *
   * @param from what was read of {@code before}
   * @param to what was read of {@code after}
   * @throws ConfigException with every change that needs a restart of the process
   */
  public static ReloadPlan between(
      EffectiveConfig before, ConfiguredPool from, EffectiveConfig after, ConfiguredPool to)
      throws ConfigException {
    List<Change> changes = ConfigDiff.between(before, after);
    List<ConfigError> refused = new ArrayList<>();
    Set<String> changed = new LinkedHashSet<>();
    for (Change change : changes) {
      FIXED.forEach(
          (key, why) -> {
            if (isBelow(change.path(), key)) {
              refused.add(
                  after
                      .root()
                      .error(
                          key.split("\\.", 2)[0],
                          change.path() + " cannot change in a running process: " + why,
                          UNMOVED));
            }
          });
      changed.add(change.path());
    }
    if (isSecured(before) != isSecured(after)) {
      refused.add(
          after
              .root()
              .section("admin")
              .error("tls", "cannot come or go in a running process: " + LISTENS, UNMOVED));
    }
    if (!refused.isEmpty()) {
      throw new ConfigException(refused);
    }
    return new ReloadPlan(
        changes, moves(changed, from, after.root(), to), to.drain(), after.sha256());
  }

  private static boolean isSecured(EffectiveConfig config) {
    return PemTls.read(config.root().section("admin").section("tls")).hasIdentity();
  }

  private static List<Move> moves(
      Set<String> changed, ConfiguredPool from, ConfigSection root, ConfiguredPool to) {
    Map<String, Pipeline> old = byName(from);
    List<Move> changing = new ArrayList<>();
    List<Move> coming = new ArrayList<>();
    for (Pipeline pipeline : to.pipelines()) {
      Pipeline was = old.remove(pipeline.name());
      if (was == null) {
        coming.add(new Move(Kind.ADDED, null, pipeline));
      } else if (isChanged(section(root, pipeline.name()), changed)) {
        changing.add(new Move(Kind.RESTARTED, was, pipeline));
      } else if (!was.limits().equals(pipeline.limits())) {
        changing.add(new Move(Kind.LIMITED, was, pipeline));
      }
    }
    List<Move> moves = new ArrayList<>();
    old.values().forEach(gone -> moves.add(new Move(Kind.REMOVED, gone, null)));
    moves.addAll(changing);
    moves.addAll(coming);
    return moves;
  }

  /** Whether anything of its own has changed that it begins with, or of what it shares. */
  private static boolean isChanged(ConfigSection pipeline, Set<String> changed) {
    String own = "pipelines." + pipeline.text("name");
    for (String path : changed) {
      if (LIMITS.stream().anyMatch(limit -> path.equals(own + limit))) {
        continue;
      }
      boolean shared =
          BROKERS.stream().anyMatch(broker -> isBelow(path, broker) && uses(pipeline, broker));
      if (shared || isBelow(path, own)) {
        return true;
      }
    }
    return false;
  }

  private static boolean uses(ConfigSection pipeline, String broker) {
    return pipeline.oneOf("source").type().equals(broker)
        || pipeline.optionalOneOf("dead-letter").filter(to -> to.type().equals(broker)).isPresent()
        || pipeline.section("idempotency").choice("store").equals(broker);
  }

  private static ConfigSection section(ConfigSection root, String name) {
    return root.sections("pipelines").stream()
        .filter(one -> one.text("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, Pipeline> byName(ConfiguredPool pool) {
    Map<String, Pipeline> named = new LinkedHashMap<>();
    pool.pipelines().forEach(pipeline -> named.put(pipeline.name(), pipeline));
    return named;
  }

  private static boolean isBelow(String path, String key) {
    return path.equals(key) || path.startsWith(key + ".") || path.startsWith(key + "[");
  }
}
