package dev.tailrace.app;

import dev.tailrace.dispatch.Oldest;
import dev.tailrace.observe.MessageCounts;
import dev.tailrace.source.SourceStatus;
import java.util.List;
import java.util.Optional;

/**
 * How one consumer stands, taken in one turn of its loop.
 *
 * @param source the source's name, for people
 * @param counts of messages
 * @param broker how the source stands
 * @param oldest the message that has been there longest
 * @param stuck handlers past their time-out and the grace after it
 * @param limit permits
 * @param grade A, B or C of promise P2
 * @param pausedBy why it is paused; empty where it is not
 */
record ConsumerStatus(
    String source,
    MessageCounts counts,
    SourceStatus broker,
    Optional<Oldest> oldest,
    int stuck,
    int limit,
    String grade,
    List<String> pausedBy) {}
