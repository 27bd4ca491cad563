package dev.tailrace.chaos;

import dev.tailrace.local.KafkaBroker;
import dev.tailrace.local.RedisServer;
import java.util.Random;

/**
 * What a fault can reach.
 *
 * @param kafka the broker; what is done to it must be undone
 * @param redis the store and the streams; likewise
 * @param fleet the processes
 * @param random seeded by the round
 */
record Scene(KafkaBroker kafka, RedisServer redis, Fleet fleet, Random random) {}
