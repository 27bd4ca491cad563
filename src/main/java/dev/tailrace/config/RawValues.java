package dev.tailrace.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tree as plain Java values, for code that is not ours. */
final class RawValues {

  private RawValues() {}

  static Map<String, @Nullable Object> of(ConfigObject object) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    object.entries().forEach((key, entry) -> values.put(key, value(entry.value())));
    return values;
  }

  private static @Nullable Object value(ConfigNode node) {
    if (node instanceof ConfigObject object) {
      return of(object);
    }
    if (node instanceof ConfigList list) {
      List<@Nullable Object> values = new ArrayList<>();
      list.items().forEach(item -> values.add(value(item)));
      return values;
    }
    ConfigScalar scalar = (ConfigScalar) node;
    return switch (scalar.kind()) {
      case TEXT -> scalar.text();
      case INTEGER -> Long.valueOf(scalar.text());
      case DECIMAL -> Double.valueOf(scalar.text());
      case BOOLEAN -> scalar.text().toLowerCase(Locale.ROOT).equals("true");
      case NULL -> null;
    };
  }
}
