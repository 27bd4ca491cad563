package dev.tailrace.redis.link;

import dev.tailrace.runtime.Reply;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came back to commands that were sent together: a reply for each, in their order; none is
 * unknown. Immutable.
 *
 * @param connection over which; a number that no other connection of the link has
 */
public record Answers(int connection, List<Reply<@Nullable Response>> replies) {
  /** Reads the answer to a single command. */
  public static <T> Function<Answers, Reply<T>> single(Function<@Nullable Response, T> reader) {
    return answers -> read(answers.replies.get(0), reader);
  }

  /** The answer to the last command. */
  public Reply<@Nullable Response> last() {
    return replies.get(replies.size() - 1);
  }

  /** Reads an answer that is known not to be refused. */
  public static <T> T value(
      Reply<@Nullable Response> answer, Function<@Nullable Response, T> reader) {
    return reader.apply(((Reply.Ok<@Nullable Response>) answer).value());
  }

  /** Reads an answer; what is refused stays so. */
  public static <T> Reply<T> read(
      Reply<@Nullable Response> answer, Function<@Nullable Response, T> reader) {
    return answer instanceof Reply.Failed<@Nullable Response> failed
        ? Reply.failed(failed.cause())
        : Reply.ok(value(answer, reader));
  }
}
