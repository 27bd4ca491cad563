package dev.tailrace.message;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands that the idempotency store carries out in one transaction with the mark that the message
 * is done: both, or neither. For {@link Outcome#done(Effects)}; a store in Redis runs commands of
 * Redis. Immutable, thread-safe.
 */
public final class Effects {
  /** Commands of one message, and words of one command, at most. */
  public static final int MOST = 1_000;

  private final List<List<Buffer>> commands;

  private Effects(List<List<Buffer>> commands) {
    if (commands.size() > MOST) {
      throw new IllegalArgumentException("more than " + MOST + " commands");
    }
    this.commands = List.copyOf(commands);
  }

  /**
   * One command.
   *
   * @param name as {@code HINCRBY}
   * @param arguments each a {@code String}, a {@code Buffer}, an {@code Integer} or a {@code Long}
   * @throws IllegalArgumentException for anything else, and for more than {@link #MOST}
   */
  public static Effects of(String name, Object... arguments) {
    return new Effects(List.of(command(name, arguments)));
  }

  /** These, and then one more; see {@link #of}. */
  public Effects and(String name, Object... arguments) {
    List<List<Buffer>> more = new ArrayList<>(commands);
    more.add(command(name, arguments));
    return new Effects(more);
  }

  /** The words of each command, in order; none is empty. */
  public List<List<Buffer>> commands() {
    return commands;
  }

  private static List<Buffer> command(String name, Object... arguments) {
    if (name.isBlank() || arguments.length >= MOST) {
      throw new IllegalArgumentException("no command, or one of more than " + MOST + " words");
    }
    List<Buffer> words = new ArrayList<>(arguments.length + 1);
    words.add(Buffer.buffer(name));
    for (Object argument : arguments) {
      words.add(word(argument));
    }
    return List.copyOf(words);
  }

  private static Buffer word(Object argument) {
    if (argument instanceof Buffer bytes) {
      return bytes.copy();
    }
    if (argument instanceof String || argument instanceof Integer || argument instanceof Long) {
      return Buffer.buffer(argument.toString());
    }
    throw new IllegalArgumentException("an argument that is a " + argument.getClass().getName());
  }

  @Override
  public String toString() {
    return commands.size() + " commands";
  }
}
