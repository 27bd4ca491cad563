package dev.tailrace.simulation;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.SimulatedLoop;
import dev.tailrace.runtime.Simulation;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The way of one client to one server, and back. Requests arrive in the order in which they were
 * sent, save those that are late; an answer comes, or after the client's patience nobody knows.
 */
final class Link {
  private static final long MOST_DELAY = 2_000_000;
  private static final long MILLI = 1_000_000;

  private final Simulation simulation;
  private final Choices choices;
  private final SimulatedLoop client;
  private final Server server;
  private final long patience;
  private final Manner manner;
  private long lastArrival;
  private long lateArrival; // of what is late and holds up all behind it
  private long troubles;
  private int awaited; // answers to disturbed requests

  /**
   * How it is.
   *
   * @param ordered whether what is late holds up all behind it
   * @param dead whether its client is gone
   */
  record Manner(boolean ordered, BooleanSupplier dead) {}

  /** The answer did not come. */
  static final class Unanswered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unanswered(String message) {
      super(message, null, false, false);
    }
  }

  Link(
      Simulation simulation,
      SimulatedLoop client,
      Server server,
      Duration patience,
      Manner manner) {
    this.simulation = simulation;
    this.choices = simulation.choices();
    this.client = client;
    this.server = server;
    this.patience = patience.toNanos();
    this.manner = manner;
  }

  /**
   * Has the server carry out an operation. The future completes in a turn of the client; it fails
   * where nobody knows. From the grave nothing is sent.
   *
   * @param refusal what a server says that is away and refuses connections
   */
  <T> Future<T> ask(Supplier<T> operation, Supplier<T> refusal) {
    Promise<T> answer = Promise.promise();
    if (manner.dead().getAsBoolean()) {
      return answer.future();
    }
    if (server.isRefusing()) {
      troubles++;
      client.later(delay(), () -> answer.tryComplete(refusal.get()));
      return answer.future();
    }
    Server.Weather weather = server.weather();
    if (weather != Server.Weather.CALM) {
      disturbed(answer);
    }
    if (weather == Server.Weather.LOSES_REQUEST) {
      return answer.future();
    }
    Runnable request = () -> carryOut(operation, answer, weather);
    server.loop().later(arrival(weather), () -> arrived(request, answer));
    return answer.future();
  }

  /** A request that is made until it is carried out; in its place among the others. */
  void post(Runnable request) {
    if (!manner.dead().getAsBoolean()) {
      long arrival = arrival(Server.Weather.CALM);
      server.loop().later(arrival, () -> server.arrived(request));
    }
  }

  private <T> void arrived(Runnable request, Promise<T> answer) {
    if (server.isAway()) {
      disturbed(answer);
    }
    server.arrived(request);
  }

  private <T> void carryOut(Supplier<T> operation, Promise<T> answer, Server.Weather weather) {
    T value = operation.get();
    if (weather != Server.Weather.LOSES_ANSWER) {
      client.later(delay(), () -> answer.tryComplete(value));
    }
  }

  private long arrival(Server.Weather weather) {
    long delay =
        weather == Server.Weather.LATE ? choices.between(0, 2 * patience / MILLI) * MILLI : delay();
    if (weather == Server.Weather.LATE && !manner.ordered()) {
      return delay;
    }
    lastArrival = Math.max(lastArrival + 1, simulation.nanos() + delay);
    if (weather == Server.Weather.LATE) {
      lateArrival = lastArrival;
    }
    return lastArrival - simulation.nanos();
  }

  private long delay() {
    return choices.between(0, MOST_DELAY);
  }

  private <T> void disturbed(Promise<T> answer) {
    troubles++;
    awaited++;
    answer.future().onComplete(any -> awaited--);
    client.later(patience, () -> answer.tryFail(new Unanswered("no answer in time")));
  }

  /** How many of its requests were disturbed. */
  long troubles() {
    return troubles;
  }

  /**
   * Whether an answer is awaited that may not come, since who asks one by one asks nothing
   * meanwhile; or what is late is still on its way, and what is sent now arrives behind it.
   */
  boolean isHeldUp() {
    return awaited > 0 || lateArrival > simulation.nanos();
  }
}
