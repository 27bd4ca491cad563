package dev.tailrace.redis.store;

import dev.tailrace.redis.link.Answers;
import dev.tailrace.redis.store.StoreOperations.Sight;
import dev.tailrace.redis.store.Transactions.Seen;
import dev.tailrace.runtime.Reply;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What tells of losses, as it was read and is to be written where there are no scripts: the rules
 * of canary.lua. Immutable.
 *
 * @param run id of the server, or "" where it is not known; then nothing is written of its life
 * @param isNew whether the canary was not there
 * @param sight what was found
 */
record ServerLife(String run, boolean isNew, Sight sight) {
  private static final Pattern HELD = Pattern.compile("(\\S+) (\\d{1,18}) (\\d{1,18}) (\\d{1,18})");

  /** Of what was seen; failed where it could not be read. */
  static Reply<ServerLife> of(Seen seen, String canary, String life) {
    for (String key : List.of(canary, life)) {
      if (!seen.value(key).isOk()) {
        return WatchedOperations.same(seen.value(key));
      }
    }
    long since = Answers.value(seen.value(canary), ServerLife::moment);
    String held = Answers.value(seen.value(life), text -> text == null ? "" : text.toString());
    long known = since == 0 ? seen.micros() : since;
    Sight sight = sight(seen.run(), held, known, seen.micros());
    return Reply.ok(new ServerLife(seen.run(), since == 0, sight));
  }

  private static Sight sight(String run, String held, long since, long micros) {
    if (run.isEmpty()) {
      return new Sight(since, 0, 0, 0);
    }
    Matcher life = HELD.matcher(held);
    if (!life.matches()) {
      return new Sight(since, micros, 0, micros);
    }
    long last = Long.parseLong(life.group(4));
    long now = Math.max(micros, last + 1);
    return life.group(1).equals(run)
        ? new Sight(since, Long.parseLong(life.group(2)), Long.parseLong(life.group(3)), now)
        : new Sight(since, now, last, now);
  }

  /** What writes it down. */
  List<Request> writes(String canary, String life) {
    List<Request> requests = new ArrayList<>();
    if (isNew) {
      requests.add(Request.cmd(Command.SET).arg(canary).arg(sight.since()));
    }
    if (!run.isEmpty()) {
      String text = "%s %d %d %d".formatted(run, sight.began(), sight.tail(), sight.now());
      requests.add(Request.cmd(Command.SET).arg(life).arg(text));
    }
    return requests;
  }

  /** The server's clock, in µs. */
  static long micros(@Nullable Response time) {
    if (time == null) {
      throw new IllegalStateException("no time");
    }
    return time.get(0).toLong() * 1_000_000 + time.get(1).toLong();
  }

  /** Since when the store remembers; what is no number is as good as gone. */
  static long moment(@Nullable Response canary) {
    try {
      return canary == null ? 0 : Math.max(0, Long.parseLong(canary.toString()));
    } catch (NumberFormatException damaged) {
      return 0;
    }
  }
}
