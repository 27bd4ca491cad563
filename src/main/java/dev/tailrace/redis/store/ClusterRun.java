package dev.tailrace.redis.store;

import dev.tailrace.redis.link.Answers;
import dev.tailrace.redis.link.ClusterLinks;
import dev.tailrace.redis.link.Redirection;
import dev.tailrace.redis.link.RedisLink;
import dev.tailrace.redis.link.RedisScript;
import dev.tailrace.redis.link.ServerError;
import dev.tailrace.runtime.Reply;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A list of scripts on its way to the servers of a cluster: each server gets its share in one
 * pipeline, and what it says is elsewhere is sent there. Belongs to its loop.
 *
 * @param <T> what each is answered with
 */
final class ClusterRun<T> {
  /** Scripts in one pipeline. */
  private static final int MOST_TOGETHER = 200;

  /** How often one is sent; a slot that moves needs three, and one more where it moves on. */
  static final int MOST_SENT = 6;

  private static final Request ASKING = Request.cmd(Command.ASKING);

  private final ClusterLinks links;
  private final Witness witness;
  private final boolean redirects;
  private final List<SlotCall<T>> calls;
  private final List<@Nullable Reply<T>> replies;

  /** Who looks at each server behind what was sent there. */
  interface Witness {
    /** Nobody. */
    Witness NONE = (address, run) -> Optional.empty();

    /**
     * What is to be sent over the same connection behind a share of the list; its reader is called
     * before the list is answered.
     *
     * @param run id of the server, or ""
     */
    Optional<SlotCall<?>> after(String address, String run);
  }

  /**
   * One that is to be sent.
   *
   * @param asking whether its slot is only about to move there
   * @param byText whether the server does not know the script
   * @param sent how often it was before, since the last pause
   * @param pauses that were made for it
   */
  private record Leg(
      int index, String address, boolean asking, boolean byText, int sent, int pauses) {
    static Leg first(int index, String owner, int pauses) {
      return new Leg(index, owner, false, false, 0, pauses);
    }

    Leg to(String other, boolean askFirst) {
      return new Leg(index, other, askFirst, false, sent + 1, pauses);
    }

    Leg again() {
      return new Leg(index, address, asking, false, sent + 1, pauses);
    }

    Leg withText() {
      return new Leg(index, address, asking, true, sent + 1, pauses);
    }
  }

  private ClusterRun(
      ClusterLinks links, Witness witness, boolean redirects, List<SlotCall<T>> calls) {
    this.links = links;
    this.witness = witness;
    this.redirects = redirects;
    this.calls = calls;
    this.replies = new ArrayList<>(calls.size());
  }

  /**
   * Runs scripts; one reply for each, in their order. What is refused was not carried out; what was
   * sent to a server that did not answer is unknown, and only that.
   */
  static <T> Future<List<Reply<T>>> of(
      ClusterLinks links, Witness witness, List<SlotCall<T>> calls) {
    return new ClusterRun<>(links, witness, true, calls).start();
  }

  /**
   * As {@link #of}, but only by the servers that are known to have the slots: what they say is
   * elsewhere is failed.
   */
  static <T> Future<List<Reply<T>>> direct(ClusterLinks links, List<SlotCall<T>> calls) {
    return new ClusterRun<>(links, Witness.NONE, false, calls).start();
  }

  private Future<List<Reply<T>>> start() {
    List<Leg> legs = new ArrayList<>(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      String owner = links.owner(calls.get(i).slot());
      if (owner == null) {
        links.doubt();
        replies.add(Reply.failed(links.nobodyHas(calls.get(i).slot())));
      } else {
        replies.add(null);
        legs.add(Leg.first(i, owner, 0));
      }
    }
    return send(legs).map(sent -> answers());
  }

  private List<Reply<T>> answers() {
    List<Reply<T>> answers = new ArrayList<>(replies.size());
    for (Reply<T> reply : replies) {
      answers.add(
          reply == null ? Reply.unknown(new IllegalStateException("was not answered")) : reply);
    }
    return answers;
  }

  /** Each server's share at once. */
  private Future<?> send(List<Leg> legs) {
    Map<String, List<Leg>> shares = new LinkedHashMap<>();
    legs.forEach(leg -> shares.computeIfAbsent(leg.address(), any -> new ArrayList<>()).add(leg));
    List<Future<?>> sent = new ArrayList<>();
    shares.forEach(
        (address, share) -> {
          for (int from = 0; from < share.size(); from += MOST_TOGETHER) {
            int to = Math.min(share.size(), from + MOST_TOGETHER);
            sent.add(send(address, share.subList(from, to)));
          }
        });
    return Future.all(sent);
  }

  private Future<?> send(String address, List<Leg> share) {
    RedisLink link = links.link(address);
    if (link == null) {
      IllegalStateException closed = new IllegalStateException(links.config() + " is closed");
      share.forEach(leg -> replies.set(leg.index(), Reply.unknown(closed)));
      return Future.succeededFuture();
    }
    RedisLink.Life life = link.life();
    Optional<SlotCall<?>> last = witness.after(address, life.run());
    List<Request> requests = new ArrayList<>(share.size() + 1);
    for (Leg leg : share) {
      if (leg.asking()) {
        requests.add(ASKING);
      }
      RedisScript.Call script = calls.get(leg.index()).script();
      requests.add(leg.byText() ? script.byText() : script.byDigest());
    }
    last.ifPresent(call -> requests.add(call.script().byDigest()));
    return link.sendTogether(life.connection(), requests, Reply::ok)
        .compose(reply -> answered(link, share, last, reply));
  }

  private Future<?> answered(
      RedisLink link, List<Leg> share, Optional<SlotCall<?>> last, Reply<Answers> reply) {
    if (!(reply instanceof Reply.Ok<Answers> ok)) {
      share.forEach(leg -> replies.set(leg.index(), WatchedOperations.same(reply)));
      links.doubt();
      return Future.succeededFuture();
    }
    Answers answers = ok.value();
    List<Leg> further = new ArrayList<>();
    List<Leg> later = new ArrayList<>();
    boolean taught = false;
    int at = 0;
    for (Leg leg : share) {
      at += leg.asking() ? 1 : 0;
      Reply<@Nullable Response> answer = answers.replies().get(at++);
      if (isUnheardOf(answer) && leg.sent() < MOST_SENT) {
        further.add(taught ? leg.again() : leg.withText()); // one text is enough for all
        taught = true;
      } else if (isParted(answer) && leg.pauses() < mostPauses()) {
        later.add(leg);
      } else {
        take(leg, answer).ifPresent(further::add);
      }
    }
    Future<?> seen =
        last.isEmpty() ? Future.succeededFuture() : witnessed(link, last.get(), answers);
    List<Future<?>> all = new ArrayList<>(List.of(seen));
    if (!further.isEmpty()) {
      all.add(send(further));
    }
    if (!later.isEmpty()) {
      all.add(links.after(ClusterLinks.MOVE_PAUSE).compose(over -> send(anew(later))));
    }
    return Future.all(all);
  }

  /** Where their slots are by now. */
  private List<Leg> anew(List<Leg> later) {
    return later.stream()
        .map(
            leg -> {
              String owner = links.owner(calls.get(leg.index()).slot());
              String address = owner == null ? leg.address() : owner;
              return Leg.first(leg.index(), address, leg.pauses() + 1);
            })
        .toList();
  }

  /** For as long as a command may take. */
  private long mostPauses() {
    return redirects ? links.mostPauses() : 0;
  }

  /** Some of its keys have moved to another server with their slot, and some have not. */
  private static boolean isParted(Reply<@Nullable Response> answer) {
    return answer instanceof Reply.Failed<@Nullable Response> failed
        && ServerError.is(failed.cause(), "TRYAGAIN");
  }

  private static boolean isUnheardOf(Reply<@Nullable Response> answer) {
    return answer instanceof Reply.Failed<@Nullable Response> failed
        && ServerError.is(failed.cause(), "NOSCRIPT");
  }

  /** Takes an answer; where it is a redirection, what is to be sent next. */
  private Optional<Leg> take(Leg leg, Reply<@Nullable Response> answer) {
    SlotCall<T> call = calls.get(leg.index());
    if (answer instanceof Reply.Failed<@Nullable Response> failed) {
      Optional<Redirection> to = Redirection.of(failed.cause());
      if (to.isPresent()) {
        String address = links.moved(to.get(), leg.address());
        if (redirects && leg.sent() < MOST_SENT) {
          return Optional.of(leg.to(address, !to.get().lasting()));
        }
      } else if (ServerError.is(failed.cause(), "CLUSTERDOWN")) {
        links.doubt();
      }
      replies.set(leg.index(), Reply.failed(failed.cause()));
    } else {
      replies.set(leg.index(), read(answer, call));
    }
    return Optional.empty();
  }

  private static <T> Reply<T> read(Reply<@Nullable Response> answer, SlotCall<T> call) {
    try {
      return Answers.read(answer, call.reader());
    } catch (RuntimeException unreadable) {
      return Reply.unknown(unreadable);
    }
  }

  /** A refusal to look is nothing seen. */
  private static <W> Future<?> witnessed(RedisLink link, SlotCall<W> call, Answers answers) {
    Reply<@Nullable Response> reply = answers.last();
    return isUnheardOf(reply)
        ? link.sendTogether(
            answers.connection(), List.of(call.script().byText()), Answers.single(call.reader()))
        : Future.succeededFuture(read(reply, call));
  }
}
