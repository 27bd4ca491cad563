package dev.tailrace.project;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** An interface constructs no implementation of itself; the cases of a value inside it are free. */
final class BuildNoImplementation extends ArchCondition<JavaClass> {
  BuildNoImplementation() {
    super("construct no implementation of themselves");
  }

  @Override
  public void check(JavaClass origin, ConditionEvents events) {
    for (JavaConstructorCall call : origin.getConstructorCallsFromSelf()) {
      JavaClass built = call.getTargetOwner();
      boolean nested = built.getName().startsWith(origin.getName() + "$");
      if (built.isAssignableTo(origin.getName()) && !nested) {
        events.add(SimpleConditionEvent.violated(call, call.getDescription()));
      }
    }
  }
}
