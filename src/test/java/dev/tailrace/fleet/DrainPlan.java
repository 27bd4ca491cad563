package dev.tailrace.fleet;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * One process that is to be drained under load.
 *
 * @param number by which it is told from the others
 * @param fault what befalls it
 * @param pull what begins its drain
 * @param brokers what it reads from
 * @param work of its handlers
 * @param strategy of its drain
 * @param store whether it claims keys in Redis, or has no store
 */
record DrainPlan(
    int number,
    Fault fault,
    Pull pull,
    Set<Broker> brokers,
    Work work,
    String strategy,
    boolean store) {
  /** Of three drains one has a fault. */
  private static final int SHARE = 3;

  /** What befalls a process. */
  enum Fault {
    NONE,
    /** Its audit and its reports find no room. */
    FULL_DISK,
    /** A handler does not stop. */
    HUNG_RESOURCE,
    /** Handlers never end, whatever they are asked. */
    HUNG_HANDLER,
    /** Dead letters take their time. */
    SLOW_DEAD_LETTERS,
    /** Connections stay open, and nothing answers. */
    FROZEN_BROKER,
    FROZEN_REDIS;

    /** Whether it begins just before the trigger, which then has to come from outside. */
    boolean hasToWait() {
      return switch (this) {
        case NONE, FULL_DISK, HUNG_RESOURCE -> false;
        case HUNG_HANDLER, SLOW_DEAD_LETTERS, FROZEN_BROKER, FROZEN_REDIS -> true;
      };
    }

    /** As results show it. */
    String words() {
      return this == NONE ? "no fault" : name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** What begins a drain. */
  enum Pull {
    SIGTERM,
    SIGINT,
    /** POST /drain. */
    REQUEST,
    /** POST /drain?strategy=immediate. */
    IMMEDIATE_REQUEST,
    /** The second one a little later. */
    TWO_SIGNALS,
    /** The process's own wish. */
    MAX_MESSAGES,
    MAX_UPTIME;

    /** Those of which it is known when they come. */
    static final Set<Pull> FROM_OUTSIDE =
        EnumSet.complementOf(EnumSet.of(MAX_MESSAGES, MAX_UPTIME));

    String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** Where messages come from. */
  enum Broker {
    KAFKA,
    REDIS
  }

  /**
   * What handlers do.
   *
   * @param leastMillis of one call
   * @param mostMillis of one call
   * @param concurrency of one pipeline
   */
  record Work(int leastMillis, int mostMillis, int concurrency) {}

  /** The plan of this number; each third has a fault, one kind after the other. */
  static DrainPlan drawn(int number, Random random) {
    Fault fault =
        number % SHARE == SHARE - 1
            ? Fault.values()[1 + number / SHARE % (Fault.values().length - 1)]
            : Fault.NONE;
    List<Pull> pulls = List.copyOf(fault.hasToWait() ? Pull.FROM_OUTSIDE : all());
    Pull pull = pulls.get(random.nextInt(pulls.size()));
    boolean store = fault != Fault.SLOW_DEAD_LETTERS && random.nextInt(3) == 0;
    int most = List.of(5, 50, 200, 200).get(random.nextInt(4));
    Work work = new Work(random.nextInt(8) == 0 ? most : 5, most, most < 50 ? 8 : 24);
    String strategy = random.nextInt(3) == 0 ? "cooperative" : "bounded";
    return new DrainPlan(number, fault, pull, brokers(fault, random), work, strategy, store);
  }

  private static Set<Pull> all() {
    return EnumSet.allOf(Pull.class);
  }

  private static Set<Broker> brokers(Fault fault, Random random) {
    int other = random.nextInt(3);
    return switch (fault) {
      case SLOW_DEAD_LETTERS -> Set.of(Broker.KAFKA); // since what is slow is Redis
      case FROZEN_BROKER -> other == 0 ? EnumSet.allOf(Broker.class) : Set.of(Broker.KAFKA);
      case FROZEN_REDIS -> other == 0 ? EnumSet.allOf(Broker.class) : Set.of(Broker.REDIS);
      default ->
          switch (other) {
            case 0 -> Set.of(Broker.KAFKA);
            case 1 -> Set.of(Broker.REDIS);
            default -> EnumSet.allOf(Broker.class);
          };
    };
  }

  /** Where a fault costs all of it, it is short; else so long that a busy machine does not. */
  Duration deadline() {
    return fault == Fault.NONE || fault == Fault.FULL_DISK
        ? Duration.ofSeconds(10)
        : Duration.ofSeconds(5);
  }

  /** Whether nothing keeps it from being clean. */
  boolean isToBeClean() {
    return (fault == Fault.NONE || fault == Fault.FULL_DISK)
        && pull != Pull.TWO_SIGNALS
        && pull != Pull.IMMEDIATE_REQUEST;
  }

  /** Whether it cannot be clean. */
  boolean isToBeUnclean() {
    return fault == Fault.HUNG_HANDLER
        || fault == Fault.FROZEN_BROKER
        || fault == Fault.FROZEN_REDIS;
  }
}
