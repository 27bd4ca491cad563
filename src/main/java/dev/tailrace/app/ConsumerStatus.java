package dev.tailrace.app;

import dev.tailrace.dispatch.Oldest;
import dev.tailrace.dispatch.Workload;
import dev.tailrace.lifecycle.Connection;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.SourceStatus;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How one consumer stands, taken in one turn of its loop.
 *
 * @param source the source's name, for people
 * @param counts of messages
 * @param broker how the source stands
 * @param connections how the ways to store and dead letters stand, which open before the source
 * @param oldest the message that has been there longest
 * @param stuck handlers past their time-out and the grace after it
 * @param limit permits
 * @param workload what a drain would have before it
 * @param grade A, B or C of promise P2, as it holds now
 * @param pausedBy why it is paused, by hand, by its breaker or for its store; empty where it is not
 */
record ConsumerStatus(
    String source,
    MessageCounts counts,
    SourceStatus broker,
    List<Connection> connections,
    Optional<Oldest> oldest,
    int stuck,
    int limit,
    Workload workload,
    String grade,
    List<String> pausedBy) {

  /** What is not connected, the first in the order of the start, with what is known of why. */
  String missing() {
    return Stream.concat(
            connections.stream(),
            Stream.of(new Connection(source, broker.connected(), broker.since(), broker.error())))
        .filter(one -> !one.connected())
        .map(one -> one.name() + ": " + (one.error() == null ? "no answer" : one.error()))
        .findFirst()
        .orElse(source + ": no answer");
  }
}
