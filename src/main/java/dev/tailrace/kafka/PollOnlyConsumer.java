package dev.tailrace.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * A Kafka consumer that can be subscribed, polled, woken and closed, and nothing else. Commits,
 * seeks and pauses through the stream of vertx-kafka-client would queue behind its poll, or drop
 * records; they are refused here and go through the {@link ControlQueue}.
 */
abstract class PollOnlyConsumer implements Consumer<byte[], byte[]> {
  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("goes through the control queue");
  }

  @Override
  public final Set<TopicPartition> assignment() {
    throw refused();
  }

  @Override
  public final Set<String> subscription() {
    throw refused();
  }

  @Override
  public final void subscribe(Collection<String> topics) {
    throw refused();
  }

  @Override
  public final void assign(Collection<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final void subscribe(Pattern pattern) {
    throw refused();
  }

  @Override
  public final void subscribe(SubscriptionPattern pattern, ConsumerRebalanceListener callback) {
    throw refused();
  }

  @Override
  public final void subscribe(SubscriptionPattern pattern) {
    throw refused();
  }

  @Override
  public final void unsubscribe() {
    throw refused();
  }

  @Override
  public final void commitSync() {
    throw refused();
  }

  @Override
  public final void commitSync(Duration timeout) {
    throw refused();
  }

  @Override
  public final void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    throw refused();
  }

  @Override
  public final void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    throw refused();
  }

  @Override
  public final void commitAsync() {
    throw refused();
  }

  @Override
  public final void commitAsync(OffsetCommitCallback callback) {
    throw refused();
  }

  @Override
  public final void commitAsync(
      Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
    throw refused();
  }

  @Override
  public final void registerMetricForSubscription(KafkaMetric metric) {
    throw refused();
  }

  @Override
  public final void unregisterMetricFromSubscription(KafkaMetric metric) {
    throw refused();
  }

  @Override
  public final void seek(TopicPartition partition, long offset) {
    throw refused();
  }

  @Override
  public final void seek(TopicPartition partition, OffsetAndMetadata offsetAndMetadata) {
    throw refused();
  }

  @Override
  public final void seekToBeginning(Collection<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final void seekToEnd(Collection<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final long position(TopicPartition partition) {
    throw refused();
  }

  @Override
  public final long position(TopicPartition partition, Duration timeout) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions, Duration timeout) {
    throw refused();
  }

  @Override
  public final Uuid clientInstanceId(Duration timeout) {
    throw refused();
  }

  @Override
  public abstract Map<MetricName, ? extends Metric> metrics();

  @Override
  public final List<PartitionInfo> partitionsFor(String topic) {
    throw refused();
  }

  @Override
  public final List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
    throw refused();
  }

  @Override
  public final Map<String, List<PartitionInfo>> listTopics() {
    throw refused();
  }

  @Override
  public final Map<String, List<PartitionInfo>> listTopics(Duration timeout) {
    throw refused();
  }

  @Override
  public final Set<TopicPartition> paused() {
    throw refused();
  }

  @Override
  public final void pause(Collection<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final void resume(Collection<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> timestamps) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> timestamps, Duration timeout) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, Long> beginningOffsets(Collection<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, Long> beginningOffsets(
      Collection<TopicPartition> partitions, Duration timeout) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions) {
    throw refused();
  }

  @Override
  public final Map<TopicPartition, Long> endOffsets(
      Collection<TopicPartition> partitions, Duration timeout) {
    throw refused();
  }

  @Override
  public final OptionalLong currentLag(TopicPartition topicPartition) {
    throw refused();
  }

  @Override
  public final ConsumerGroupMetadata groupMetadata() {
    throw refused();
  }

  @Override
  public final void enforceRebalance() {
    throw refused();
  }

  @Override
  public final void enforceRebalance(String reason) {
    throw refused();
  }

  @Override
  @Deprecated
  public final void close(Duration timeout) {
    throw refused();
  }

  @Override
  public final void close(CloseOptions option) {
    throw refused();
  }
}
