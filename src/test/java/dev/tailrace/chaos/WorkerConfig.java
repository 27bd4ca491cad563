package dev.tailrace.chaos;

import com.example.effects.WitnessHandler;
import com.example.effects.WitnessWorker;
import dev.tailrace.chaos.PipelinePlan.Broker;
import java.nio.file.Path;

/** The configuration file of one process of a round. */
final class WorkerConfig {
  private final Plan plan;
  private final Place place;

  /**
   * Where things are.
   *
   * @param name of the group, topic and stream
   * @param kafka where the broker is
   * @param redis where the store is
   * @param plugins where the handlers are
   */
  record Place(String name, String kafka, String redis, Path plugins) {}

  WorkerConfig(Plan plan, Place place) {
    this.plan = plan;
    this.place = place;
  }

  /** As YAML; effects go to the file. */
  String text(String instance, int seat, Path effects) {
    Plan.Members members = plan.members();
    StringBuilder text =
        new StringBuilder(
            """
            name: %s
            instance: %s
            plugins: ['%s']
            kafka:
              bootstrap.servers: %s
              session.timeout.ms: %d
              heartbeat.interval.ms: %d
            redis: {url: '%s'}
            startup: {deadline: 180s}
            drain: {deadline: %dms}
            admin: {port: 0}
            probes: {port: 0}
            pipelines:
            """
                .formatted(
                    place.name(),
                    instance,
                    place.plugins(),
                    place.kafka(),
                    members.session().toMillis(),
                    members.session().toMillis() / 5,
                    place.redis(),
                    Plan.DRAIN_DEADLINE.toMillis()));
    for (PipelinePlan pipeline : plan.pipelines()) {
      text.append(pipeline(pipeline, instance, seat, effects));
    }
    return text.toString();
  }

  private String pipeline(PipelinePlan pipeline, String instance, int seat, Path effects) {
    PipelinePlan.Work work = pipeline.work();
    PipelinePlan.Limits limits = pipeline.limits();
    Class<?> handler = work.blocking() ? WitnessWorker.class : WitnessHandler.class;
    return """
      - name: %s
        source: %s
        order: %s
        concurrency: %d
        buffer: {messages: %d, window: %d}
        timeout: 2s
        retry: {attempts: %d, backoff: 50ms, max-backoff: 1s%s}
        idempotency: %s
        handler:
          java:
            class: %s
            config:
              file: '%s'
              process: %s
              slow: %d
              most: 200
              fails-before: %d
              fails-after: %d
              hangs: %d
              allocates: %d
              exhausts: %d
    """
        .formatted(
            pipeline.name(),
            source(pipeline, seat),
            pipeline.order(),
            limits.concurrency(),
            limits.buffer(),
            limits.window(),
            limits.retryTopics() ? 3 : 20,
            limits.retryTopics() ? ", retry-topics: [400ms, 1s]" : "",
            idempotency(pipeline),
            handler.getName(),
            effects,
            instance,
            work.slow(),
            work.failsBefore(),
            work.failsAfter(),
            work.hangs(),
            work.allocates(),
            work.exhausts());
  }

  private String source(PipelinePlan pipeline, int seat) {
    Plan.Members members = plan.members();
    if (pipeline.broker() == Broker.REDIS) {
      return "{redis: {streams: [%s], group: %s, start: earliest, claim-idle: %dms}}"
          .formatted(place.name(), place.name(), members.lease().toMillis());
    }
    String staticId = members.staticIds() ? ", static-id: seat-" + seat : "";
    return "{kafka: {topics: [%s], group: %s, start: earliest, consumers: %d, assignor: %s, revoke-deadline: 3s%s%s}}"
        .formatted(
            place.name(),
            place.name(),
            pipeline.limits().consumers(),
            members.assignor(),
            staticId,
            pipeline.limits().retryTopics() ? ", missing-topics: create" : "");
  }

  private String idempotency(PipelinePlan pipeline) {
    return switch (pipeline.store()) {
      case "none" -> "{store: none}";
      case "memory" -> "{store: memory, key: 'header:idempotency-key'}";
      default ->
          "{store: redis, key: 'header:idempotency-key', lease: %dms}"
              .formatted(plan.members().lease().toMillis());
    };
  }
}
