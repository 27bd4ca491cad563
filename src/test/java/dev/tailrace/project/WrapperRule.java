package dev.tailrace.project;

import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;

/**
 * Of Vert.x's Kafka consumer nothing is used that breaks a promise: its commits queue behind the
 * poll, its seek drops what other partitions buffered, and pausing the whole stream stops the poll,
 * so that the member is evicted.
 */
final class WrapperRule extends ArchCondition<JavaClass> {
  private static final Set<String> NEVER =
      Set.of("commit", "committed", "seek", "seekToBeginning", "seekToEnd");

  WrapperRule() {
    super("leave commits and positions to the native consumer, and never pause the whole stream");
  }

  @Override
  public void check(JavaClass origin, ConditionEvents events) {
    for (JavaMethodCall call : origin.getMethodCallsFromSelf()) {
      MethodCallTarget target = call.getTarget();
      String owner = target.getOwner().getName();
      boolean wrapper = owner.startsWith("io.vertx.kafka.client.consumer.");
      boolean stream = wrapper || owner.startsWith("io.vertx.core.streams.ReadStream");
      boolean wholePause =
          stream && target.getName().equals("pause") && target.getParameterTypes().isEmpty();
      if (wholePause || (wrapper && NEVER.contains(target.getName()))) {
        events.add(SimpleConditionEvent.violated(call, call.getDescription()));
      }
    }
  }
}
