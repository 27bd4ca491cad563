package dev.tailrace.simulation;

import dev.tailrace.dispatch.Order;
import dev.tailrace.message.Fence;
import dev.tailrace.message.MessageContext;
import dev.tailrace.message.Outcome;
import dev.tailrace.observe.Finish;
import dev.tailrace.processing.RetryPolicy.Overflow;
import dev.tailrace.simulation.WorldMessage.Effect;
import dev.tailrace.simulation.WorldMessage.Identity;
import dev.tailrace.simulation.WorldSettings.Store;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The judge of effects, finishes and attempts: promises P2, P8 and P9, and of every finish whether
 * it is true.
 */
final class EffectLedger {
  private final World world;

  EffectLedger(World world) {
    this.world = world;
  }

  // -- claims

  void claimed(Stay stay, String answer) {
    stay.answer = answer;
    switch (answer) {
      case "busy" -> stay.busy = true;
      case "done" -> world.saw(Sometimes.CLAIM_SAID_DONE);
      case "dead" -> world.saw(Sometimes.CLAIM_SAID_DEAD);
      case "mismatch" -> world.saw(Sometimes.CLAIM_MISMATCH);
      case "won" -> {
        if (stay.busy) {
          world.saw(Sometimes.CLAIM_BUSY_THEN_WON);
        }
      }
      case "lost" -> lost(stay);
      default -> {}
    }
  }

  /** What waited with it for its batch remembers what the store had counted, and has lost since. */
  private static void lost(Stay stay) {
    StoreServer.Grant grant = stay.grant;
    if (grant != null && !stay.running && !stay.isSuspect()) {
      stay.failures += stay.countLast();
      stay.failures = Math.max(stay.failures, grant.attempts);
    }
  }

  // -- calls

  /** A call of the handler begins: P8. */
  void called(Stay stay, MessageContext context) {
    String claimId = context.fence().map(Fence::claimId).orElse("");
    stay.claimId = claimId;
    stay.token = context.fence().map(Fence::token).orElse(0L);
    if (claimId.isEmpty() && world.settings().store() != Store.NONE) {
      throw world.broken("P2: " + stay + " runs without a claim");
    }
    int attempts = world.settings().pool().retry().attempts();
    stay.failures += stay.countLast();
    StoreServer.Grant grant = stay.grant; // as told: its request may have come again since, late
    checkCount(stay, grant);
    resumed(stay, context);
    if (grant != null && grant.attempts > stay.failures) {
      stay.failures = grant.attempts;
      world.saw(Sometimes.ATTEMPTS_COUNTED_ACROSS_PROCESSES);
    }
    if (grant != null) {
      grant.called = true;
    }
    int known = stay.failures;
    if (world.settings().store() != Store.MEMORY && context.attempt() != known + 1) {
      throw world.broken(
          "P8: "
              + stay
              + " runs as attempt "
              + context.attempt()
              + " after "
              + known
              + " failures");
    }
    if (context.attempt() > attempts && world.settings().ends() && !world.refusedLetters()) {
      throw world.broken(
          "P8: " + stay + " runs as attempt " + context.attempt() + " of " + attempts);
    }
  }

  /** Reported failures count, and the ends of claims under which it ran alone; no more does. */
  private void checkCount(Stay stay, StoreServer.@Nullable Grant grant) {
    if (grant == null) {
      return;
    }
    int failures = stay.message.identity.failures;
    if (grant.attempts > failures && grant.attempts > failures + world.store().endedAlone(grant)) {
      throw world.broken(
          "P8: the store counts %d attempts of %s, whose handlers reported %d failures, and %d ended alone"
              .formatted(grant.attempts, stay, failures, world.store().endedAlone(grant)));
    }
    if (grant.suspicions >= 2 && !grant.alone) {
      throw world.broken(
          "P8: " + stay + " runs beside others after " + grant.suspicions + " suspicions");
    }
  }

  /** Without a lasting store the position tells: two suspicions, and starts alone, this one too. */
  private void resumed(Stay stay, MessageContext context) {
    if (world.settings().store() == Store.SHARED || !stay.toldAlone) {
      return;
    }
    if (!world.positions().tellResumes() || stay.message.moved || stay.isZombie()) {
      stay.failures = Math.max(stay.failures, context.attempt() - 1);
      return;
    }
    int resumes = world.positions().resumes(stay.message);
    if (resumes < 3) {
      throw world.broken("P8: " + stay + " runs alone, and its position says " + resumes);
    }
    stay.failures = Math.max(stay.failures, resumes - 3);
  }

  /**
   * A call ended.
   *
   * @param outcome null where it failed
   * @param counts whether that is a failure that counts; asked before the next call
   */
  void returned(Stay stay, Outcome.@Nullable Kind outcome, BooleanSupplier counts) {
    stay.outcome = outcome;
    stay.lastFailed = counts;
    if (outcome == null || outcome == Outcome.Kind.RETRY) {
      stay.message.identity.failures++;
    }
    boolean last = stay.lastAttempt >= world.settings().pool().retry().attempts();
    if (outcome == Outcome.Kind.DONE
        || outcome == Outcome.Kind.DISCARD
        || (last && outcome != Outcome.Kind.SNOOZE && world.settings().discards())) {
      stay.message.identity.finished = true;
    }
  }

  /** A call threw what is permanent: a verdict, not a failure that is tried again. */
  void verdict(Stay stay) {
    stay.outcome = null;
    stay.lastFailed = () -> false;
    stay.message.identity.finished |= world.settings().discards();
  }

  /** The effect on the outside world: P2. */
  void effect(Stay stay, boolean reportsFailure) {
    Effect effect = new Effect(stay, stay.claimId, reportsFailure);
    boolean shared = world.settings().store() == Store.SHARED;
    List<Effect> before = shared ? stay.message.identity.effects : stay.message.effects;
    for (int i = shared ? 0 : stay.message.repeatable; i < before.size(); i++) {
      if (shared) {
        attribute(before.get(i), effect);
      } else {
        excuse(before.get(i), effect);
      }
    }
    world.witness().effect(stay);
    stay.message.effects.add(effect);
    stay.message.identity.effects.add(effect);
  }

  /** Grade B: by one of the four windows. */
  private void attribute(Effect earlier, Effect effect) {
    if (earlier.reported()) {
      world.saw(Sometimes.DUPLICATE_BY_W4);
      return;
    }
    StoreServer.Grant first = world.store().grant(earlier.claimId());
    StoreServer.Grant second = world.store().grant(effect.claimId());
    if (first == null || second == null || first == second) {
      throw world.broken("P2: a second effect of " + effect.stay() + " under one claim");
    }
    // Whose claim is the older one had its window, whichever effect came first.
    boolean inOrder = first.number < second.number;
    StoreServer.Grant grant = inOrder ? first : second;
    switch (grant.end) {
      case RECORD_LOST -> world.saw(Sometimes.DUPLICATE_BY_W3);
      case LEASE_OVER -> leaseOver(inOrder ? earlier : effect, grant);
      default ->
          throw world.broken(
              "P2: a second effect of "
                  + effect.stay()
                  + " after that of "
                  + earlier.stay()
                  + ", whose claim ended as "
                  + grant.end
                  + ": in no window");
    }
  }

  private void leaseOver(Effect earlier, StoreServer.Grant grant) {
    if (grant.process.isDead() || earlier.stay().abandoned) {
      world.saw(Sometimes.DUPLICATE_BY_W1);
      return;
    }
    long lease = world.settings().lease().toNanos();
    boolean cause =
        world.store().wasTroubled(grant.prolonged - lease)
            || grant.process.wasFrozenSince(grant.prolonged - lease);
    if (!cause) {
      throw world.broken(
          "P2: the lease of "
              + earlier.stay()
              + " ended without cause while its holder lived, and its effect was repeated");
    }
    world.saw(Sometimes.DUPLICATE_BY_W2);
  }

  /** Grade A: the end of the earlier epoch excuses it. */
  private void excuse(Effect earlier, Effect effect) {
    Stay stay = earlier.stay();
    boolean excused =
        earlier.reported()
            || stay.isZombie()
            || (stay != effect.stay() && effect.stay().isZombie())
            || stay.epoch.uncovered.contains(stay.message)
            || stay.epoch.isMisread(stay.message) // its positions were of a deleted topic
            || world.positions().limitsMetadata(); // what is finished above the mark is not kept
    if (!excused) {
      throw world.broken(
          "P2: a second effect of "
              + effect.stay()
              + " after that of "
              + stay
              + ", whose epoch is "
              + stay.epoch.state);
    }
    world.saw(Sometimes.DUPLICATE_IN_GRADE_A);
  }

  // -- finishes

  /** The store takes the mark of a claim, by which whoever comes skips the message: is it so? */
  void marked(StoreServer.Grant grant) {
    Identity identity = world.topic().identity(grant.key);
    if (world.settings().discards() && grant.suspicions >= 2 && !grant.called) {
      // Its processes may have used up its attempts; of its end no one else need ever hear.
      long used = identity.failures + world.store().endedAlone(grant);
      identity.finished |= used >= world.settings().pool().retry().attempts();
    }
    if (!identity.finished) {
      throw world.broken("P1: " + grant.key + " is marked as finished, and it is not so");
    }
  }

  /** The pool says that the message is finished: is it? */
  void settled(Stay stay, Finish finish, String detail) {
    boolean killed = endedItsProcess(detail);
    stay.message.identity.finished |= killed && world.settings().discards();
    boolean rightly =
        switch (finish) {
          case DONE -> stay.outcome == Outcome.Kind.DONE;
          case DISCARDED ->
              stay.outcome == Outcome.Kind.DISCARD
                  || (world.settings().discards() && stay.message.identity.finished);
          case DEAD_LETTERED -> stay.message.letter != null;
          case SKIPPED -> skipped(stay);
          case MOVED -> moved(stay);
        };
    if (!rightly) {
      throw world.broken(
          (finish == Finish.DEAD_LETTERED ? "P9: " : "P1: ")
              + stay
              + " is settled as "
              + finish
              + " ("
              + detail
              + "), and it is not so; its handler said "
              + stay.outcome);
    }
    if (finish == Finish.DEAD_LETTERED || finish == Finish.DISCARDED) {
      checkExhausted(stay, detail);
    }
    checkMark(stay, finish);
    boolean misread = finish == Finish.SKIPPED && stay.epoch.isMisread(stay.message);
    stay.message.settled |= !misread; // what the old topic's metadata says is not so
    stay.epoch.settled.add(stay.message);
    lateFinish(stay);
  }

  /** P8: it has an attempt left, since it failed; it is in the tier, which acknowledged it. */
  private boolean moved(Stay stay) {
    world.saw(
        world.settings().pool().order() == Order.UNORDERED
            ? Sometimes.MOVED_BY_PLAN
            : Sometimes.MOVED_FOR_WANT_OF_ROOM);
    boolean failed = stay.outcome == Outcome.Kind.RETRY || stay.outcome == null;
    return failed && stay.message.moved;
  }

  private boolean skipped(Stay stay) {
    if (stay.stage == Stay.Stage.BUFFERED) {
      world.saw(Sometimes.FINISHED_BEFORE_BY_METADATA);
      return stay.message.settled
          || stay.epoch.isMisread(stay.message)
          || stay.message.log.isPassedOver(stay.message);
    }
    return stay.message.identity.finished;
  }

  /** Whether the claim of it had passed to another meanwhile or not. */
  private static boolean endedItsProcess(String detail) {
    return detail.contains(": ended its process");
  }

  /** P8: what died of its failures had all its attempts. */
  private void checkExhausted(Stay stay, String detail) {
    int attempts = world.settings().pool().retry().attempts();
    if (endedItsProcess(detail)) {
      world.saw(Sometimes.POISON_THAT_KILLS_FOUND);
      StoreServer.Grant grant = stay.grant;
      long ended = grant == null ? stay.message.countedAlone : world.store().endedAlone(grant);
      boolean told = grant != null || world.positions().tellResumes();
      if (told && stay.message.identity.failures + ended < attempts) {
        throw world.broken("P8: " + stay + " died of processes that it cannot have ended");
      }
      return;
    }
    if (detail.contains("overflow: ")
        && world.settings().pool().retry().overflow() == Overflow.DEAD_LETTER) {
      world.saw(Sometimes.OVERFLOWED);
      return;
    }
    boolean failed = stay.outcome == Outcome.Kind.RETRY || stay.outcome == null;
    boolean otherwise = stay.message.fate == Fate.PERMANENT || stay.answer.equals("mismatch");
    if (stay.lastAttempt == 0 || !failed || otherwise) {
      return;
    }
    world.saw(Sometimes.EXHAUSTED);
    if (stay.lastAttempt != attempts && !world.refusedLetters()) {
      throw world.broken(
          "P8: " + stay + " died of attempt " + stay.lastAttempt + " of " + attempts);
    }
  }

  /** The mark comes before the finish, save where the claim had passed or the store lost it. */
  private void checkMark(Stay stay, Finish finish) {
    if (finish == Finish.SKIPPED || finish == Finish.MOVED || stay.claimId.isEmpty()) {
      return; // what was moved is not done
    }
    StoreServer.Grant grant = world.store().grant(stay.claimId);
    if (grant != null && !world.store().isMarked(grant, stay.token)) {
      throw world.broken("P2: " + stay + " is settled without its mark");
    }
  }

  private void lateFinish(Stay stay) {
    if (stay.overran && !stay.claimId.isEmpty()) {
      StoreServer.Grant grant = world.store().grant(stay.claimId);
      if (grant != null && grant.end == StoreServer.End.FINISHED) {
        world.saw(Sometimes.LATE_FINISH_WITH_A_CURRENT_TOKEN_MARKED);
      }
    }
  }
}
