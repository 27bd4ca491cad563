package dev.tailrace.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The message whose handler is being called on a thread, for a logging context that asks for its
 * names when a line is written, or somebody looks. Most handlers write none, and putting names into
 * a context and taking them out again costs as much as all else that is done for a message. One
 * belongs to one thread; the static methods are thread-safe.
 */
public final class LoggedMessage {
  private static volatile @Nullable Supplier<LoggedMessage> context; // set when logging begins

  private @Nullable Subject subject; // its thread only

  /** Of a thread that calls no handler yet. */
  public LoggedMessage() {}

  /**
   * A logging context is there that makes {@link #names} when it needs them.
   *
   * @param ofThread gives the one of the calling thread; null where names are to be put into the
   *     context again
   */
  public static void shownBy(@Nullable Supplier<LoggedMessage> ofThread) {
    context = ofThread;
  }

  /** Gives the one of the calling thread; null where names are put into the context. */
  public static @Nullable Supplier<LoggedMessage> context() {
    return context;
  }

  /** The thread is about to call a handler with it; null after the call. */
  public void is(@Nullable Subject message) {
    subject = message;
  }

  /** What lines say of it; empty where there is none. */
  public Map<String, String> names() {
    Subject message = subject;
    return message == null ? Map.of() : names(message);
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
