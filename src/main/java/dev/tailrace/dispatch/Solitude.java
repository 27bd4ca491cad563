package dev.tailrace.dispatch;

import dev.tailrace.runtime.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lets the consumers of a process, one after the other, work while all of them rest otherwise.
 * Shared by all consumers of a pool: what is not in it, such as another pool in the same process,
 * does not rest.
 *
 * <p>A consumer asks; from then on all are held: they start nothing, and say so when nothing of
 * theirs runs any more. When all rest, the first that asked is alone, until it is done. When nobody
 * asks any more, all go on. Thread-safe: every change is one exchange of an immutable standing, and
 * after each one every member reads the newest in a turn of its loop, so that a late turn does no
 * harm.
 */
public final class Solitude {
  private final AtomicReference<Standing> standing = new AtomicReference<>(Standing.NONE);

  /** One consumer; its methods are called in turns of its loop, save the first two. */
  interface Member {
    Loop loop();

    /** How long what runs in it may take, until it ought to have ended. */
    Duration patience();

    /** The standing has changed, or may have. */
    void look();
  }

  /**
   * How all stand.
   *
   * @param members all consumers of the pool
   * @param asking those that have something to run alone, the first first
   * @param resting those that are held and in which nothing runs, since somebody asks
   * @param alone the one that may work, where all rest: the first that asks
   */
  private record Standing(
      Set<Member> members, List<Member> asking, Set<Member> resting, @Nullable Member alone) {
    private static final Standing NONE = new Standing(Set.of(), List.of(), Set.of(), null);

    /** Whoever is to be alone is so as soon as all rest; who is alone does not rest. */
    Standing settled() {
      if (asking.isEmpty()) {
        return new Standing(members, asking, Set.of(), null);
      }
      if (alone != null && asking.get(0) == alone && members.contains(alone)) {
        return this;
      }
      if (!resting.containsAll(members)) {
        return new Standing(members, asking, resting, null);
      }
      Member next = asking.get(0);
      return new Standing(members, asking, without(resting, next), next);
    }
  }

  private Standing now() {
    return Objects.requireNonNull(standing.get());
  }

  private void change(UnaryOperator<Standing> step) {
    Standing before =
        Objects.requireNonNull(
            standing.getAndUpdate(now -> step.apply(Objects.requireNonNull(now)).settled()));
    Standing after = now();
    if (before.asking().isEmpty() && after.asking().isEmpty()) {
      return;
    }
    Set<Member> told = new LinkedHashSet<>(before.members());
    told.addAll(after.members());
    told.forEach(member -> member.loop().execute(member::look));
  }

  void join(Member member) {
    change(
        now -> new Standing(with(now.members(), member), now.asking(), now.resting(), now.alone()));
  }

  /** The consumer is gone: nobody waits for it any more. */
  void leave(Member member) {
    change(
        now ->
            new Standing(
                without(now.members(), member),
                without(now.asking(), member),
                without(now.resting(), member),
                now.alone() == member ? null : now.alone()));
  }

  /** Has something to run alone; fine when it has asked already. */
  void ask(Member member) {
    if (!now().asking().contains(member)) {
      change(
          now -> {
            List<Member> asking = new ArrayList<>(now.asking());
            if (!asking.contains(member)) {
              asking.add(member);
            }
            return new Standing(now.members(), List.copyOf(asking), now.resting(), now.alone());
          });
    }
  }

  /** Has nothing to run alone any more, and rests where it was alone. */
  void done(Member member) {
    if (now().asking().contains(member)) {
      change(
          now ->
              new Standing(
                  now.members(),
                  without(now.asking(), member),
                  now.resting(),
                  now.alone() == member ? null : now.alone()));
    }
  }

  /** It is held, and nothing runs in it. */
  void rests(Member member) {
    if (!now().resting().contains(member)) {
      change(
          now ->
              new Standing(now.members(), now.asking(), with(now.resting(), member), now.alone()));
    }
  }

  /** Whether nothing may start, save in the one that is alone. */
  boolean isHeld() {
    return !now().asking().isEmpty();
  }

  /** Whether it may work, and nobody else does. */
  boolean isAlone(Member member) {
    return now().alone() == member;
  }

  /** Whether it is the next one to be alone, and waits for the others. */
  boolean isNext(Member member) {
    Standing now = now();
    return !now.asking().isEmpty() && now.asking().get(0) == member && now.alone() != member;
  }

  /** How long to wait for the others: as long as the slowest of them may need. */
  Duration patience() {
    return now().members().stream()
        .map(Member::patience)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Set<Member> with(Set<Member> members, Member added) {
    Set<Member> all = new LinkedHashSet<>(members);
    all.add(added);
    return all;
  }

  private static List<Member> without(List<Member> members, Member removed) {
    return members.stream().filter(member -> member != removed).toList();
  }

  private static Set<Member> without(Set<Member> members, Member removed) {
    Set<Member> all = new LinkedHashSet<>(members);
    all.remove(removed);
    return all;
  }
}
