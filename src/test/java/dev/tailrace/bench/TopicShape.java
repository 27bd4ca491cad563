package dev.tailrace.bench;

/**
 * What a topic is filled with.
 *
 * @param partitions of the topic
 * @param keys how many different ones; a key is of the partition of its number
 * @param bytes of a body, at least 40
 * @param skew how uneven the keys are: 0 where each comes in its turn, else the exponent of Zipf's
 *     law, the first key being the most frequent
 */
record TopicShape(int partitions, int keys, int bytes, double skew) {
  static final TopicShape USUAL = new TopicShape(4, 10_000, 100, 0);
}
