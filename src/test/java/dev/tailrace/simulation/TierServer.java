package dev.tailrace.simulation;

import dev.tailrace.app.RetryTier;
import dev.tailrace.message.Headers;
import dev.tailrace.runtime.Loop;
import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.DeadLetterBox;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.RetryTicket;
import dev.tailrace.sink.Sink;
import dev.tailrace.sink.SinkFactory;
import dev.tailrace.source.IdleSource;
import dev.tailrace.source.Partition;
import dev.tailrace.source.Source;
import dev.tailrace.source.SourceConfig;
import dev.tailrace.source.SourceEnvironment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The tier of retries of a world, which takes messages and keeps them: what comes back from a tier
 * has tests of its own, and to a world a message that was moved has come to its end.
 */
final class TierServer {
  private static final Duration DELAY = Duration.ofMinutes(1);
  private static final String NAME = "orders.retry";

  private final World world;
  private final Server server;
  private long held;

  TierServer(World world, Server server) {
    this.world = world;
    this.server = server;
  }

  Server server() {
    return server;
  }

  /**
   * As a process is configured with it.
   *
   * @param link from a consumer's loop to a server
   */
  RetryTier tier(Function<Loop, Link> link) {
    return new RetryTier(DELAY, new EmptyConfig(), new Destination(link));
  }

  private List<Reply<Sink.Sent>> append(List<OutgoingMessage> moved) {
    List<Reply<Sink.Sent>> replies = new ArrayList<>(moved.size());
    for (OutgoingMessage message : moved) {
      replies.add(append(message));
    }
    return replies;
  }

  private Reply<Sink.Sent> append(OutgoingMessage moved) {
    RetryTicket ticket = RetryTicket.read(moved.headers()).orElseThrow();
    Headers own = RetryTicket.own(moved.headers());
    String id = Objects.requireNonNull(own.text(WorldMessage.ID));
    WorldMessage message = world.topic().at(ticket.origin().toString(), id);
    int attempts = world.settings().pool().retry().attempts();
    if (ticket.failures() < 1 || ticket.failures() >= attempts) {
      throw world.broken(
          "P8: %s is moved after %d failures of %d"
              .formatted(message, ticket.failures(), attempts));
    }
    if (!message.body().equals(moved.body()) || !own.equals(message.headers())) {
      throw world.broken("P1: " + message + " is moved as another one");
    }
    message.moved = true;
    return Reply.ok(new Sink.Sent(NAME + "/0@" + held++));
  }

  private final class Destination implements SinkFactory {
    private final Function<Loop, Link> link;

    Destination(Function<Loop, Link> link) {
      this.link = link;
    }

    @Override
    public String destination() {
      return NAME;
    }

    @Override
    public boolean isSameAs(String kind, String name) {
      return false;
    }

    @Override
    public DeadLetterBox box(Loop loop) {
      throw new UnsupportedOperationException("nobody reads dead letters there");
    }

    @Override
    public Sink sink(Loop loop) {
      return new SinkClient("simulated " + NAME, link.apply(loop), TierServer.this::append);
    }
  }

  private static final class EmptyConfig implements SourceConfig {
    @Override
    public int consumers() {
      return 1;
    }

    @Override
    public String describe() {
      return NAME;
    }

    @Override
    public Source source(SourceEnvironment environment) {
      return new EmptySource();
    }
  }

  /** Nobody is assigned anything of it. */
  private record EmptySource() implements IdleSource {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public void request(Partition partition, int messages, long bytes) {
      throw new AssertionError("nothing was assigned, and " + partition + " is asked for");
    }
  }
}
