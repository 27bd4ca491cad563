package dev.tailrace.simulation;

import dev.tailrace.runtime.Reply;
import dev.tailrace.sink.DeadLetterHeaders;
import dev.tailrace.sink.MessageRefusedException;
import dev.tailrace.sink.OutgoingMessage;
import dev.tailrace.sink.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The destination of dead letters, and its clients. */
final class LetterServer {
  private final World world;
  private final Server server;
  private long held;
  private boolean refusing;

  LetterServer(World world, Server server) {
    this.world = world;
    this.server = server;
  }

  Server server() {
    return server;
  }

  /** Takes no letter of some messages for now: they are too large, say. */
  void refuseSome(boolean now) {
    refusing = now;
  }

  Sink client(Link link) {
    return new SinkClient("simulated orders.dlq", link, this::append);
  }

  private List<Reply<Sink.Sent>> append(List<OutgoingMessage> letters) {
    List<Reply<Sink.Sent>> replies = new ArrayList<>(letters.size());
    for (OutgoingMessage letter : letters) {
      replies.add(append(letter));
    }
    return replies;
  }

  private Reply<Sink.Sent> append(OutgoingMessage letter) {
    String origin = Objects.requireNonNull(letter.headers().text(DeadLetterHeaders.ORIGIN));
    String id = Objects.requireNonNull(letter.headers().text(WorldMessage.ID));
    WorldMessage dead = world.topic().at(origin, id);
    if (refusing && dead.offset() % 3 == 0) {
      return Reply.failed(new MessageRefusedException("too large", new IllegalStateException()));
    }
    if (letter.equals(dead.letter)) { // the same one, since headers are equal to themselves alone
      world.saw(Sometimes.UNKNOWN_DEAD_LETTER_SENT_AGAIN);
    }
    dead.letter = letter;
    dead.identity.finished = true;
    return Reply.ok(new Sink.Sent("orders.dlq/0@" + held++));
  }
}
