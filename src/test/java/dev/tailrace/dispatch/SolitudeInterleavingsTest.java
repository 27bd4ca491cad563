package dev.tailrace.dispatch;

import dev.tailrace.interleaving.Interleavings;
import dev.tailrace.interleaving.QueuedLoop;
import dev.tailrace.interleaving.Race;
import dev.tailrace.processing.Crew;
import dev.tailrace.processing.Crews;
import dev.tailrace.processing.Flight;
import dev.tailrace.processing.Solo;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * However consumers ask and go on at once, a suspect runs beside nothing, and nobody stays held.
 */
final class SolitudeInterleavingsTest {
  /** So many turns of all loops, one loop after the other, bring everything to its end. */
  private static final int ROUNDS = 8;

  @Test
  void aSuspectRunsBesideNothingAndTheOthersGoOnAfterIt() {
    Interleavings.ofLargeStory(
        "Solitude",
        () -> {
          Pool pool = new Pool();
          Consumer left = pool.consumer();
          Consumer right = pool.consumer();
          for (int again = 0; again < 2; again++) { // what rested then does not do so now
            right.message();
            Race.between(
                () -> {
                  left.suspect();
                  left.loop.drain();
                },
                () -> {
                  right.loop.drain();
                  right.message();
                  right.loop.drain();
                });
            pool.comesToRest(left, right);
          }
        });
  }

  @Test
  void suspectsOfTwoConsumersRunOneAfterTheOther() {
    Interleavings.ofLargeStory(
        "Solitude",
        () -> {
          Pool pool = new Pool();
          Consumer left = pool.consumer();
          Consumer right = pool.consumer();
          Race.between(() -> left.suspectBesideAMessage(), () -> right.suspectBesideAMessage());
          pool.comesToRest(left, right);
        });
  }

  @Test
  void suspectsThatGaveWayToOthersComeAgainAndRunBesideNothing() {
    Interleavings.ofLargeStory(
        "Solitude",
        () -> {
          Pool pool = new Pool();
          Consumer left = pool.consumer();
          Consumer right = pool.consumer();
          pool.givesWay = true;
          left.suspectBesideAMessage();
          Race.between(() -> left.adjourn(), () -> right.suspectBesideAMessage());
          pool.comesToRest(left, right);
        });
  }

  @Test
  void nobodyWaitsForAConsumerThatLeavesMeanwhileOrMissesOneThatJoins() {
    Interleavings.ofLargeStory(
        "Solitude",
        () -> {
          Pool pool = new Pool();
          Consumer left = pool.consumer();
          Consumer right = pool.consumer();
          Consumer[] third = new Consumer[1];
          Race.between(
              () -> left.suspectBesideAMessage(),
              () -> right.suspects.close(),
              () -> {
                third[0] = pool.consumer();
                third[0].message();
                third[0].loop.drain();
              });
          pool.comesToRest(left, third[0]);
        });
  }

  /** What runs in all consumers, as each of them sees it when something starts. */
  private static final class Pool {
    final Solitude solitude = new Solitude();
    final AtomicInteger messages = new AtomicInteger();
    final AtomicInteger alone = new AtomicInteger();
    boolean givesWay; // written before the race; a suspect may

    Consumer consumer() {
      return new Consumer(this);
    }

    /** Two that overlap see each other: each is counted before it looks for the other. */
    void starts(boolean suspect) {
      AtomicInteger own = suspect ? alone : messages;
      AtomicInteger others = suspect ? messages : alone;
      int running = own.incrementAndGet();
      Race.require(others.get() == 0, "a suspect runs beside a message");
      Race.require(!suspect || running == 1, "two suspects run at once");
    }

    void ends(boolean suspect) {
      (suspect ? alone : messages).decrementAndGet();
    }

    void comesToRest(Consumer... consumers) {
      for (int round = 0; round < ROUNDS; round++) {
        for (Consumer consumer : consumers) {
          consumer.loop.drain();
        }
      }
      for (Consumer consumer : consumers) {
        Race.require(consumer.begun == consumer.asked, "what was held never started");
        Race.require(consumer.suspects.admits(), "held, and nobody is alone");
      }
      Race.require(messages.get() == 0 && alone.get() == 0, "something never ended");
    }
  }

  /** A loop, and what of a dispatcher starts messages; each runs from one turn to another. */
  private static final class Consumer {
    final QueuedLoop loop = new QueuedLoop();
    final Suspects suspects;
    private final Pool pool;
    private final Crew crew;
    int asked; // this, and what follows, on the loop only
    int begun;
    private int held; // messages that were not admitted

    Consumer(Pool pool) {
      this.pool = pool;
      this.crew = Crews.idle(loop);
      this.suspects = new Suspects(crew, pool.solitude, this::freed, () -> {});
    }

    void suspectBesideAMessage() {
      message();
      suspect();
      loop.drain();
    }

    void message() {
      asked++;
      held++;
      freed();
    }

    private void freed() {
      while (held > 0 && suspects.admits()) {
        held--;
        suspects.departs();
        runs(flight(), false);
      }
    }

    void suspect() {
      asked++;
      Flight flight = flight();
      suspects.departs();
      suspects.await(
          new Solo() {
            @Override
            public Flight flight() {
              return flight;
            }

            @Override
            public void start() {
              runs(flight, true);
            }

            @Override
            public void giveUp(Duration delay) {
              Race.require(pool.givesWay, "no time has passed");
              loop.execute(() -> comesAgain(flight));
            }
          });
    }

    private void comesAgain(Flight flight) {
      suspects.landed(flight);
      asked--;
      suspect();
    }

    void adjourn() {
      pool.solitude.adjourn(suspects);
      loop.drain();
    }

    private void runs(Flight flight, boolean suspect) {
      begun++;
      pool.starts(suspect);
      loop.execute(
          () -> {
            pool.ends(suspect);
            suspects.landed(flight);
          });
    }

    private Flight flight() {
      return Crews.flight(crew);
    }
  }
}
