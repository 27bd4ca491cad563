package dev.tailrace.app;

import dev.tailrace.lifecycle.DrainConfig;
import dev.tailrace.lifecycle.DrainProgress;
import dev.tailrace.lifecycle.Resource;
import dev.tailrace.lifecycle.State;
import dev.tailrace.lifecycle.Trigger;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.observe.PoolEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A pool: pipelines, each with its consumers, that start and stop together. Thread-safe; futures
 * complete on an event loop of the pool's own.
 *
 * <p>Life: {@link #start} once, then anything, then {@link #drain} or {@link #close}. It halts
 * nothing and installs no signal handler: that is for the process it runs in. The Vert.x instance
 * is the caller's, and is closed by the caller after the drain.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Tailrace {

  /** Begins a pool in the given Vert.x instance. */
  public static Builder builder(Vertx vertx) {
    throw new UnsupportedOperationException();
  }

  /**
   * Starts telemetry, then servers, then every consumer; completes with this pool when all consume.
   * While brokers or stores are away it goes on trying until the start-up deadline. On failure what
   * was started is stopped in reverse order and the future fails with the first cause: an {@link
   * dev.tailrace.source.UnfitException} where a broker or store is unfit or stayed away ({@link
   * #exitCode(Throwable)} says 5), else with what happened. A drain meanwhile fails it too.
   */
  public Future<Tailrace> start() {
    throw new UnsupportedOperationException();
  }

  /**
   * Holds intake back everywhere; buffered work finishes and partitions stay. Completes when
   * nothing executes and nothing is buffered. Fine when paused already.
   *
   * @param reason in words, shown by {@code /status}
   * @return fails with {@link dev.tailrace.lifecycle.IllegalMoveException} where the state forbids
   *     it
   */
  public Future<Void> pause(String reason) {
    throw new UnsupportedOperationException();
  }

  /** Takes back {@link #pause(String)}; a pipeline paused by itself stays paused. */
  public Future<Void> resume(String reason) {
    throw new UnsupportedOperationException();
  }

  /**
   * As {@link #pause(String)}, of one pipeline; the pool's state stays.
   *
   * @return fails with {@link java.util.NoSuchElementException} for an unknown name
   */
  public Future<Void> pausePipeline(String pipeline, String reason) {
    throw new UnsupportedOperationException();
  }

  /** Takes back {@link #pausePipeline}. */
  public Future<Void> resumePipeline(String pipeline, String reason) {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops everything in the nine phases. {@link #state} is draining before this returns. The first
   * call begins it; later ones join it, and never extend it.
   *
   * @return completes with the report when all phases are over, by the deadline at the latest;
   *     never fails
   */
  public Future<DrainReport> drain(Trigger trigger) {
    throw new UnsupportedOperationException();
  }

  /**
   * Cuts the drain short: nothing more starts, and what runs is asked to cancel and left. Nothing
   * where no drain runs, or it was forced already.
   *
   * @param by what forced it, for the report
   */
  public void force(String by) {
    throw new UnsupportedOperationException();
  }

  /** {@link #drain} by {@link Trigger.Kind#CLOSE}; never fails. */
  public Future<Void> close() {
    throw new UnsupportedOperationException();
  }

  /** The state; from the first moment of a drain it is draining. */
  public State state() {
    throw new UnsupportedOperationException();
  }

  /** Whether it consumes or is paused by will, and no handler is stuck: {@code /readyz}. */
  public boolean ready() {
    throw new UnsupportedOperationException();
  }

  /** Who it is. */
  public PoolIdentity identity() {
    throw new UnsupportedOperationException();
  }

  /** How it stands; the numbers of each consumer are taken in a turn of its loop. */
  public Future<PoolStatus> status() {
    throw new UnsupportedOperationException();
  }

  /**
   * The counts by pipeline, each consumer's taken in a turn of its own loop, consumers that have
   * ended included: what a scrape takes first, so that promise P10 holds.
   */
  public Future<Map<String, MessageCounts>> counts() {
    throw new UnsupportedOperationException();
  }

  /** How far the drain is; empty before one. Safe and quick while every loop hangs. */
  public Optional<DrainProgress> progress() {
    throw new UnsupportedOperationException();
  }

  /**
   * The report as far as it is known, without asking any loop: what is written at a halt. Empty
   * before a drain; the final report after it. What was not known to have ended counts as
   * abandoned.
   */
  public Optional<DrainReport> reportSoFar() {
    throw new UnsupportedOperationException();
  }

  /** The final report; empty until the drain is over. */
  public Optional<DrainReport> report() {
    throw new UnsupportedOperationException();
  }

  /** The exit code for a failure of {@link #start}: 5 for brokers and stores, else 1. */
  public static int exitCode(Throwable failure) {
    throw new UnsupportedOperationException();
  }

  /** Makes a pool; not thread-safe. */
  public static final class Builder {
    private Builder() {}

    /** Who it is; by default named {@code tailrace}, the instance as the host. */
    public Builder identity(PoolIdentity identity) {
      throw new UnsupportedOperationException();
    }

    /** Adds a pipeline; names are unique. */
    public Builder add(Pipeline pipeline) {
      throw new UnsupportedOperationException();
    }

    /** How long a drain may take, and what it does; {@link DrainConfig#DEFAULT} by default. */
    public Builder drain(DrainConfig config) {
      throw new UnsupportedOperationException();
    }

    /**
     * How long brokers and stores may stay away at the start; zero waits for ever, default 60 s.
     */
    public Builder startupDeadline(Duration deadline) {
      throw new UnsupportedOperationException();
    }

    /** SHA-256 of the effective configuration, for status and report. */
    public Builder configSha256(String sha256) {
      throw new UnsupportedOperationException();
    }

    /** Adds a reader of the pool's events, of its pipelines' too. */
    public Builder events(PoolEvents reader) {
      throw new UnsupportedOperationException();
    }

    /** Adds a resource that starts first and is stopped in the phase {@code flush-telemetry}. */
    public Builder telemetry(Resource resource) {
      throw new UnsupportedOperationException();
    }

    /**
     * Adds a server that starts before the consumers and is stopped in the phase {@code
     * close-runtime}.
     *
     * @param server given the pool it serves
     */
    public Builder server(Function<Tailrace, Resource> server) {
      throw new UnsupportedOperationException();
    }

    /** The pool, not started. */
    public Tailrace build() {
      throw new UnsupportedOperationException();
    }
  }
}
