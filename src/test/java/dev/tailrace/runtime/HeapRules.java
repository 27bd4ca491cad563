package dev.tailrace.runtime;

import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.slf4j.Logger;

/** How a {@link HeapFingerprint} looks at classes, and what it leaves out. Thread-safe. */
public final class HeapRules {
  private static final List<Class<?>> VALUES =
      List.of(
          Duration.class,
          Instant.class,
          Optional.class,
          AtomicReference.class,
          BitSet.class,
          Buffer.class,
          Map.Entry.class,
          Throwable.class);

  /** A future that is complete, of whatever class: nobody listens any more. */
  static final Shape ENDED = new Shape(1, Kind.VALUE, false, List.of());

  private final Set<String> leftOut = new HashSet<>(); // written before the first use only
  private final List<Class<?>> ignored = new ArrayList<>(); // written before the first use only
  private Predicate<String> names = text -> false; // written before the first use only
  private final ClassValue<Shape> shapes =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return look(type);
        }
      };

  /** What is done with the objects of a class. */
  enum Kind {
    FIELDS,
    COLLECTION,
    MAP,
    ARRAY,
    VALUE,
    IGNORED
  }

  /**
   * One class.
   *
   * @param name a number that stands for its name
   * @param shared whether it matters that two places hold the same object; not for records, values
   *     and lambdas, which nobody tells apart by identity
   * @param fields what it consists of, superclass first
   */
  record Shape(long name, Kind kind, boolean shared, List<Field> fields) {}

  /** The rules for everything that runs in a simulation. */
  public HeapRules() {
    ignore(Choices.class);
    ignore(Logger.class);
    leaveOut(Simulation.class, "limits", "tied", "report", "wallSkew", "nanos");
    leaveOut(Simulation.class, "steps", "scheduled", "fingerprint", "current");
    leaveOut(Simulation.Due.class, "number"); // the queue is looked at in its order
    leaveOut(SimulatedLoop.class, "simulation"); // a root of its own
  }

  /** Objects of this class hold nothing that the future depends on. */
  public HeapRules ignore(Class<?> type) {
    ignored.add(type);
    return this;
  }

  /** These fields of a class hold nothing that the future depends on. */
  public HeapRules leaveOut(Class<?> type, String... fields) {
    return leaveOut(type.getName(), fields);
  }

  /** As above, by the full name of the class. */
  public HeapRules leaveOut(String type, String... fields) {
    try {
      Class<?> known = Class.forName(type, false, HeapRules.class.getClassLoader());
      for (String field : fields) {
        leftOut.add(type + "." + known.getDeclaredField(field).getName());
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("a rule for nothing", e);
    }
    return this;
  }

  /** These texts are names: all that matters is where the same one stands again. */
  public HeapRules name(Predicate<String> isName) {
    names = isName;
    return this;
  }

  boolean isName(String text) {
    return names.test(text);
  }

  Shape shape(Class<?> type) {
    return shapes.get(type);
  }

  private Shape look(Class<?> type) {
    Kind kind = kind(type);
    boolean plain = type.isRecord() || type.isHidden();
    boolean shared = !plain && kind != Kind.VALUE && kind != Kind.IGNORED;
    long name = type.getName().hashCode() * 0x9E3779B97F4A7C15L;
    return new Shape(name, kind, shared, kind == Kind.FIELDS ? fields(type) : List.of());
  }

  private Kind kind(Class<?> type) {
    if (ignored.stream().anyMatch(one -> one.isAssignableFrom(type))) {
      return Kind.IGNORED;
    }
    if (VALUES.stream().anyMatch(value -> value.isAssignableFrom(type))) {
      return Kind.VALUE;
    }
    if (type.isArray()) {
      return Kind.ARRAY;
    }
    if (Collection.class.isAssignableFrom(type)) {
      return Kind.COLLECTION;
    }
    if (Map.class.isAssignableFrom(type) && !IdentityHashMap.class.isAssignableFrom(type)) {
      return Kind.MAP;
    }
    if (type.getName().startsWith("java.") && type != Object.class) {
      throw new IllegalStateException("no rule for " + type);
    }
    return Kind.FIELDS;
  }

  private List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    if (type.getSuperclass() != null) {
      fields.addAll(fields(type.getSuperclass()));
    }
    List<Field> own = new ArrayList<>(List.of(type.getDeclaredFields()));
    own.removeIf(field -> Modifier.isStatic(field.getModifiers()));
    own.removeIf(field -> leftOut.contains(type.getName() + "." + field.getName()));
    own.sort(Comparator.comparing(Field::getName));
    own.forEach(field -> field.setAccessible(true));
    fields.addAll(own);
    return fields;
  }
}
