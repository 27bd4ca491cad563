package dev.tailrace.runtime;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The state of a world, taken from the heap: all objects that can be reached from some roots, in
 * the order of a walk that does not depend on where they lie in memory (heap canonicalization: R.
 * Iosif, "Exploiting Heap Symmetries in Explicit-State Model Checking of Software", ASE 2001). So
 * no field of the classes under test can be forgotten; an object of the JDK for which there is no
 * rule is an error, not a guess.
 *
 * <p>Time is relative: worlds begin at {@link #CLOCK_START}, so that every long near it is known as
 * an instant and counts as its distance from now, at least zero, at most {@link #FAR}. Two states
 * that differ in how late it is alone are one, and so are two that differ in how long ago something
 * was. What code does with the age of a thing is thereby left out, and {@link HeapRules} names it.
 *
 * <p>One per thread.
 */
public final class HeapFingerprint {
  /** Where the clock of a world begins whose states are compared. */
  public static final Duration CLOCK_START = Duration.ofNanos(1L << 60);

  private static final long NEAR = 1L << 59;

  /** A later instant is as good as never: worlds whose states are compared do not wait so long. */
  public static final Duration FAR = Duration.ofMinutes(10);

  private final HeapRules rules;
  private final MetObjects met = new MetObjects();
  private final Map<String, Integer> names = new HashMap<>();
  private long now;
  private long high;
  private long low;

  /** Makes one that leaves out what {@code rules} say. */
  public HeapFingerprint(HeapRules rules) {
    this.rules = rules;
  }

  /**
   * The state of all that is reachable from {@code roots}.
   *
   * @param clock what the world's clock shows
   */
  public Fingerprint of(long clock, Object... roots) {
    met.clear();
    names.clear();
    now = clock;
    high = 0x243F6A8885A308D3L;
    low = 0x13198A2E03707344L;
    for (Object root : roots) {
      visit(root);
    }
    return new Fingerprint(high, low);
  }

  private void mix(long value) {
    high = (high ^ value) * 0x9E3779B97F4A7C15L;
    high ^= high >>> 32;
    low = (Long.rotateLeft(low, 29) + value) * 0xD6E8FEB86659FD93L;
    low ^= low >>> 29;
  }

  private void time(long value) {
    boolean instant = Math.abs(value - CLOCK_START.toNanos()) < NEAR;
    mix(instant ? Math.max(0, Math.min(FAR.toNanos(), value - now)) : value);
  }

  private void string(String text) {
    if (rules.isName(text)) {
      mix(~(long) names.computeIfAbsent(text, any -> names.size()));
    } else {
      text(text);
    }
  }

  private void text(CharSequence text) {
    mix(text.length());
    for (int i = 0; i < text.length(); i++) {
      mix(text.charAt(i));
    }
  }

  private void visit(@Nullable Object object) {
    if (object == null) {
      mix(0);
    } else if (object instanceof String text) {
      string(text);
    } else if (object instanceof Enum<?> constant) {
      mix(constant.name().hashCode()); // of one type, where they are told apart
    } else if (object instanceof Long value) {
      time(value);
    } else if (object instanceof Integer || object instanceof Boolean) {
      mix(object.hashCode());
    } else {
      HeapRules.Shape shape =
          object instanceof Future<?> future && future.isComplete()
              ? HeapRules.ENDED
              : rules.shape(object.getClass());
      int number = shape.shared() ? met.number(object) : MetObjects.NEW;
      if (number != MetObjects.NEW) {
        mix(~(long) number);
      } else {
        structure(object, shape);
      }
    }
  }

  private void structure(Object object, HeapRules.Shape shape) {
    if (shape.kind() == HeapRules.Kind.IGNORED) {
      return;
    }
    mix(shape.name());
    switch (shape.kind()) {
      case FIELDS -> fields(object, shape.fields());
      case COLLECTION -> collection((Collection<?>) object);
      case MAP -> map((Map<?, ?>) object);
      case ARRAY -> array(object);
      default -> value(object);
    }
  }

  private void fields(Object object, List<Field> fields) {
    try {
      for (int i = 0;
          i < fields.size();
          i++) { // without an iterator: this is all the work there is
        Field field = fields.get(i);
        Class<?> type = field.getType();
        if (!type.isPrimitive()) {
          visit(field.get(object));
        } else if (type == long.class) {
          time(field.getLong(object));
        } else if (type == int.class) {
          mix(field.getInt(object));
        } else if (type == boolean.class) {
          mix(field.getBoolean(object) ? 1 : 2);
        } else {
          mix(String.valueOf(field.get(object)).hashCode());
        }
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("cannot read " + object.getClass(), e);
    }
  }

  private void collection(Collection<?> collection) {
    mix(collection.size());
    if (collection instanceof PriorityQueue<?> queue) {
      Object[] sorted = queue.toArray();
      Arrays.sort(sorted);
      for (Object element : sorted) {
        visit(element);
      }
    } else {
      collection.forEach(this::visit);
    }
  }

  private void map(Map<?, ?> map) {
    mix(map.size());
    map.forEach(
        (key, value) -> {
          visit(key);
          visit(value);
        });
  }

  private void array(Object array) {
    if (array instanceof long[] words) {
      for (int i = 0; i < words.length; i++) {
        if (words[i] != 0) { // most of a ring of bits is empty
          mix(i);
          mix(words[i]);
        }
      }
      mix(words.length);
    } else if (array instanceof byte[] bytes) {
      mix(Arrays.hashCode(bytes));
    } else {
      int length = Array.getLength(array);
      mix(length);
      for (int i = 0; i < length; i++) {
        visit(Array.get(array, i));
      }
    }
  }

  private void value(Object object) {
    if (object instanceof Duration duration) {
      mix(duration.toNanos());
    } else if (object instanceof Instant instant) {
      mix(instant.getEpochSecond());
      mix(instant.getNano());
    } else if (object instanceof Optional<?> optional) {
      visit(optional.orElse(null));
    } else if (object instanceof AtomicReference<?> reference) {
      visit(reference.get());
    } else if (object instanceof BitSet bits) {
      array(bits.toLongArray());
    } else if (object instanceof Buffer buffer) {
      mix(Arrays.hashCode(buffer.getBytes()));
    } else if (object instanceof Map.Entry<?, ?> entry) {
      visit(entry.getKey());
      visit(entry.getValue());
    } else if (object instanceof Future<?> ended) {
      mix(ended.succeeded() ? 1 : 2);
      visit(ended.succeeded() ? ended.result() : ended.cause());
    } else if (object instanceof Throwable thrown) {
      text(String.valueOf(thrown.getMessage()));
    } else {
      throw new IllegalStateException("no rule for " + object.getClass());
    }
  }
}
