package dev.tailrace.cli;

import dev.tailrace.observe.LoggedMessage;
import java.util.HashMap;
import java.util.Map;
import org.apache.logging.log4j.spi.DefaultThreadContextMap;
import org.apache.logging.log4j.spi.ThreadContextMap;
import org.jspecify.annotations.Nullable;

/**
 * Log4j's context of a thread, in which the names of the message whose handler it calls appear
 * without having been put there. What is put under the same name goes before. Thread-safe.
 */
public final class MessageContextMap implements ThreadContextMap {
  private final DefaultThreadContextMap entries = new DefaultThreadContextMap();
  private final ThreadLocal<LoggedMessage> current = ThreadLocal.withInitial(LoggedMessage::new);

  /** Called by Log4j, whose property {@code log4j2.threadContextMap} names this class. */
  public MessageContextMap() {
    LoggedMessage.shownBy(current::get);
  }

  private Map<String, String> names() {
    return current.get().names();
  }

  @Override
  public void clear() {
    entries.clear();
    current.get().is(null);
  }

  @Override
  public boolean containsKey(String key) {
    return entries.containsKey(key) || names().containsKey(key);
  }

  @Override
  public @Nullable String get(String key) {
    String put = entries.get(key);
    return put == null ? names().get(key) : put;
  }

  @Override
  public Map<String, String> getCopy() {
    Map<String, String> all = new HashMap<>(names());
    all.putAll(entries.getCopy());
    return all;
  }

  @Override
  public @Nullable Map<String, String> getImmutableMapOrNull() {
    return names().isEmpty() ? entries.getImmutableMapOrNull() : Map.copyOf(getCopy());
  }

  @Override
  public boolean isEmpty() {
    return entries.isEmpty() && names().isEmpty();
  }

  @Override
  public void put(String key, String value) {
    entries.put(key, value);
  }

  @Override
  public void remove(String key) {
    entries.remove(key);
  }
}
