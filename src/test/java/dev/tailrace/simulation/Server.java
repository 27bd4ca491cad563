package dev.tailrace.simulation;

import dev.tailrace.runtime.Choices;
import dev.tailrace.runtime.SimulatedLoop;
import java.util.ArrayList;
import java.util.List;

/** Another machine: it answers, is away, or lets everyone wait. All on the loop of the servers. */
final class Server {
  private final SimulatedLoop loop;
  private final Choices choices;
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean away;
  private boolean refusing;
  private int trouble;
  private long troubles;

  Server(SimulatedLoop loop, Choices choices, int trouble) {
    this.loop = loop;
    this.choices = choices;
    this.trouble = trouble;
  }

  /** What becomes of a request on its way. */
  enum Weather {
    CALM,
    LOSES_REQUEST,
    LOSES_ANSWER,
    LATE
  }

  SimulatedLoop loop() {
    return loop;
  }

  Weather weather() {
    if (trouble == 0 || choices.pick(100) >= trouble) {
      return Weather.CALM;
    }
    troubles++;
    return Weather.values()[1 + choices.pick(3)];
  }

  /** From now on nothing is answered: refused at once, or left waiting, until {@link #back}. */
  void goAway(boolean refuses) {
    away = true;
    refusing = refuses;
    troubles++;
  }

  void back() {
    away = false;
    refusing = false;
    List<Runnable> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Runnable::run);
  }

  boolean isAway() {
    return away;
  }

  boolean isRefusing() {
    return refusing;
  }

  /** Carries out what has arrived, or keeps it until the server is back. */
  void arrived(Runnable request) {
    if (away) {
      waiting.add(request);
    } else {
      request.run();
    }
  }

  /** Nothing goes astray any more. */
  void calm() {
    trouble = 0;
    if (away) {
      back();
    }
  }

  /** How often something went astray or the server went away. */
  long troubles() {
    return troubles;
  }
}
