package dev.tailrace.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The message whose handler is being called on a thread, for a logging context that asks for its
 * names when a line is written, or somebody looks. Most handlers write none, and putting names into
 * a context and taking them out again costs as much as all else that is done for a message.
 * Thread-safe.
 */
public final class LoggedMessage {
  private static volatile @Nullable Consumer<@Nullable Subject> context; // set when logging begins

  private LoggedMessage() {}

  /**
   * A logging context is there that makes {@link #names} when it needs them.
   *
   * @param thread is told of the message that the calling thread is about to call a handler with,
   *     and null after the call; null where names are to be put into the context again
   */
  public static void shownBy(@Nullable Consumer<@Nullable Subject> thread) {
    context = thread;
  }

  /** The context that is told of messages; null where names are put into it. */
  public static @Nullable Consumer<@Nullable Subject> context() {
    return context;
  }

  /** What lines say of a message. */
  public static Map<String, String> names(Subject subject) {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("pipeline", subject.pipeline());
    names.put("source", subject.message().origin().source());
    names.put("position", subject.message().origin().position());
    String trace = TraceParent.traceId(subject.message().headers());
    if (trace != null) {
      names.put("traceId", trace);
    }
    return names;
  }
}
