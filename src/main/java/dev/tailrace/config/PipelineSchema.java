package dev.tailrace.config;

import java.time.Duration;
import java.util.List;

/** The keys of a pipeline: the frame around its source, handler, store and dead letter. */
final class PipelineSchema {

  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final int MOST_NEAR = 10_000_000;
  private static final Duration LONGEST = Duration.ofDays(3_650);

  private PipelineSchema() {}

  /** The schema of an item of {@code pipelines}. */
  static ObjectSchema create() {
    return ObjectSchema.builder()
        .textMatching(
            "name",
            null,
            RootSchema.NAME,
            RootSchema.NAME_PHRASE,
            "The pipeline in metrics, logs and other settings")
        .required("name")
        .example("name", "orders")
        .oneOf("source", ExtensionPoint.SOURCE, "Where its messages come from")
        .required("source")
        .choice(
            "order",
            "key",
            List.of("key", "partition", "unordered"),
            "Which messages run one after the other, in the order of their positions")
        .integer(
            "concurrency",
            256,
            1,
            1_000_000,
            "Messages executing at once, divided over the consumers of this process")
        .object("buffer", buffer(), "What it holds before it executes")
        .object("batch", batch(), "When the batches of a handler that takes batches start")
        .oneOf("handler", ExtensionPoint.HANDLER, "What is done with a message")
        .required("handler")
        .choice(
            "threading",
            "auto",
            List.of("auto", "event-loop", "worker"),
            "Where the handler runs; auto: as its shape says")
        .duration(
            "timeout",
            Duration.ofSeconds(10),
            MILLISECOND,
            LONGEST,
            "How long one call may take before it is asked to cancel; it keeps its permit until it"
                + " has really ended")
        .choice(
            "on-stuck",
            "hold",
            List.of("hold", "exit"),
            "What happens when a handler ignores the request to cancel")
        .object("idempotency", idempotency(), "How repeated messages are recognized")
        .object("retry", retry(), "What happens after a failure")
        .oneOf("dead-letter", ExtensionPoint.DEAD_LETTER, "Where messages go that end unprocessed")
        .build();
  }

  private static ObjectSchema buffer() {
    return ObjectSchema.builder()
        .integer("messages", 2048, 1, 100_000_000, "Messages held; beyond it the source pauses")
        .size(
            "bytes",
            64L << 20,
            1 << 10,
            1L << 40,
            "Bytes held, of executing messages too; beyond it the source pauses")
        .integer(
            "window",
            24_000,
            1,
            24_000,
            "Positions between the lowest unfinished message of a partition and the highest begun")
        .build();
  }

  private static ObjectSchema batch() {
    return ObjectSchema.builder()
        .integer(
            "messages",
            100,
            1,
            1_000_000,
            "Messages of a batch at most, one of a key or partition unless unordered; each takes a"
                + " permit")
        .size(
            "bytes",
            1L << 20,
            1,
            1L << 40,
            "Their payload bytes at most; a larger message goes alone")
        .duration(
            "max-wait",
            Duration.ofMillis(100),
            Duration.ZERO,
            Duration.ofMinutes(1),
            "How long the first message of a batch waits for others, while any can come; 0s: not for"
                + " what the source has yet to bring")
        .build();
  }

  private static ObjectSchema idempotency() {
    return ObjectSchema.builder()
        .choice(
            "store",
            "none",
            List.of("none"),
            ExtensionPoint.STORE,
            "Where keys are claimed; none and memory are grade A, redis is grade B")
        .textMatching(
            "key",
            null,
            "header:.+|cloudevents|json:/.*|record-key|position",
            "header:NAME, cloudevents, json:/POINTER, record-key or position",
            "What identifies a message; needed with a store")
        .choice(
            "on-missing",
            "dead-letter",
            List.of("dead-letter", "position"),
            "What happens to a message without the key; position: its position is the key")
        .duration(
            "lease",
            Duration.ofSeconds(9),
            Duration.ofSeconds(1),
            Duration.ofDays(1),
            "How long a claim outlives its holder; renewed at a third of it")
        .duration(
            "retention",
            Duration.ofDays(7),
            Duration.ofSeconds(1),
            LONGEST,
            "How long a finished key is remembered; more than what the source can deliver again")
        .choice(
            "on-unavailable",
            "pause",
            List.of("pause", "process"),
            "What happens while the store is away; pause: the pipeline waits for it; process: messages"
                + " run without a claim, in grade A, which status, metrics and log show")
        .integer(
            "near-cache",
            10_000,
            0,
            MOST_NEAR,
            "Keys that each consumer has done itself, and knows without asking the store; redis only,"
                + " 0 for none")
        .build();
  }

  private static ObjectSchema retry() {
    return ObjectSchema.builder()
        .integer("attempts", 5, 1, 1_000, "Failures a handler may report before the message ends")
        .duration(
            "backoff", Duration.ofMillis(200), MILLISECOND, LONGEST, "The wait after the first one")
        .duration(
            "max-backoff",
            Duration.ofSeconds(30),
            MILLISECOND,
            LONGEST,
            "The longest wait; it doubles until then")
        .choice(
            "jitter",
            "full",
            List.of("full", "none"),
            "How waits are spread; full: evenly between nothing and the wait")
        .integer(
            "parked",
            512,
            1,
            1_000_000,
            "Messages that wait for a retry, or behind one; beyond it overflow decides")
        .percent(
            "breaker",
            50,
            "The share of the last 100 messages (of those of the last minute, and of 50 at least)"
                + " whose retryable failure means an outage: then none start but single probes, and"
                + " failures cost no attempt; 0%: never")
        .textList(
            "permanent",
            List.of("java.lang.IllegalArgumentException"),
            "Classes of errors, and all below them, that no retry can mend")
        .choice(
            "on-exhausted",
            "dead-letter",
            List.of("dead-letter", "discard"),
            "What happens after the last attempt, or one that no retry can mend; discard: it is"
                + " finished, with a line in the log")
        .choice(
            "overflow",
            "pause",
            List.of("pause", "dead-letter", "move"),
            "What happens to a failed message beyond parked; pause: it waits with its permit; move:"
                + " it goes to a tier of retries, and is not ordered any more")
        .durations(
            "retry-topics",
            MILLISECOND,
            Duration.ofDays(365),
            "Waits of later attempts, growing, outside of the pool: in a topic for each, of a stream"
                + " in one sorted set beside it; the last attempts are made from there, where order"
                + " is not unordered only those of overflow: move")
        .text(
            "retry-topics-prefix",
            null,
            "What the names of the retry topics begin with, before the wait; by default"
                + " GROUP.PIPELINE.retry. with the names of the consumer group and the pipeline; of a"
                + " stream what comes after {STREAM}., by default GROUP.PIPELINE.retry")
        .build();
  }
}
