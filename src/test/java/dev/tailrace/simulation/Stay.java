package dev.tailrace.simulation;

import dev.tailrace.message.Outcome;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One message in one consumer, from its receipt to its end, as its events tell of it. */
final class Stay {
  /** Where it is, as its events say. */
  enum Stage {
    BUFFERED,
    EXECUTING,
    PARKED,
    GONE
  }

  final WorldMessage message;
  final ConsumerView consumer;
  final Epoch epoch;
  Stage stage = Stage.BUFFERED;
  long mayRunAt; // where it waits: from when on, as far as it goes itself
  boolean running; // its handler
  boolean startedWithPermit; // it holds the permit of its last attempt
  boolean overran;
  boolean abandoned;
  boolean busy; // was told so at least once
  boolean spoilt; // its last batch failed as a whole
  int failures; // reported here, or known of by the store, before the last call
  BooleanSupplier lastFailed = () -> false; // whether the last call reported one more
  int lastAttempt;
  String claimId = "";
  long token;
  String answer = ""; // the last one to a claim
  boolean toldAlone; // without a lasting store: it said that it is about to run alone
  StoreServer.@Nullable Grant grant; // of the claim that it won last
  Outcome.@Nullable Kind outcome; // of its last call; null where that failed

  Stay(WorldMessage message, ConsumerView consumer, Epoch epoch) {
    this.message = message;
    this.consumer = consumer;
    this.epoch = epoch;
  }

  void abandon() {
    abandoned = true;
    epoch.abandonsSome = true;
  }

  /** What its last call adds to the failures; counted once. */
  int countLast() {
    int added = lastFailed.getAsBoolean() ? 1 : 0;
    lastFailed = () -> false;
    return added;
  }

  /** Whether it has a claim at which two processes or more may have ended. */
  boolean isSuspect() {
    return stage == Stage.EXECUTING && grant != null && grant.suspicions >= 2;
  }

  /** Whether it runs, or ran last, alone in its process. */
  boolean isAlone() {
    return toldAlone || (grant != null && grant.alone);
  }

  /** Whether the broker or its own pool had given it up before its handler ended. */
  boolean isZombie() {
    return consumer.process.isDead() || overran || abandoned || epoch.isGivenUp();
  }

  @Override
  public String toString() {
    return message + " in " + consumer + " epoch " + epoch.number;
  }
}
