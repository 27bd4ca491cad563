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
 * asks any more, or the one that is alone says that it is enough, all go on, and nobody may ask for
 * as long as they were held: however many there are to run alone, and however long each takes, the
 * others have half of the time. Thread-safe: every change is one exchange of an immutable standing,
 * and after each one every member reads the newest in a turn of its loop, so that a late turn does
 * no harm.
 */
public final class Solitude {
  private final AtomicReference<Standing> standing = new AtomicReference<>(Standing.NONE);

  /** One consumer; its methods are called in turns of its loop, save the first two. */
  interface Member {
    /** Its loop; the clocks of all are the same. */
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
   * @param since when somebody began to ask, or when nobody did any more; nanoseconds
   * @param owed nanoseconds from {@code since} in which nobody may ask
   */
  private record Standing(
      Set<Member> members,
      List<Member> asking,
      Set<Member> resting,
      @Nullable Member alone,
      long since,
      long owed) {
    private static final Standing NONE = new Standing(Set.of(), List.of(), Set.of(), null, 0, 0);

    boolean isHeld() {
      return !asking.isEmpty();
    }

    /** How long it is until somebody may ask; 0 where that is now. */
    long owedAt(long now) {
      return owed == 0 ? 0 : Math.max(0, owed - (now - since));
    }

    Standing of(Set<Member> members) {
      return new Standing(members, asking, resting, alone, since, owed);
    }

    Standing resting(Set<Member> resting) {
      return new Standing(members, asking, resting, alone, since, owed);
    }

    Standing asked(Member member, long now) {
      if (isHeld()) {
        List<Member> more = new ArrayList<>(asking);
        more.add(member);
        return new Standing(members, List.copyOf(more), resting, alone, since, 0);
      }
      return owedAt(now) > 0
          ? this
          : new Standing(members, List.of(member), Set.of(), null, now, 0);
    }

    /**
     * Who does not ask any more is not alone either; where nobody does, the others' time begins.
     */
    Standing asking(List<Member> left, long now) {
      if (isHeld() && left.isEmpty()) {
        return new Standing(members, left, Set.of(), null, now, now - since);
      }
      Member still = alone != null && left.contains(alone) ? alone : null;
      return new Standing(members, left, resting, still, since, owed);
    }

    /** Whoever is to be alone is so as soon as all rest; who is alone does not rest. */
    Standing settled() {
      if (!isHeld() || asking.get(0) == alone || !resting.containsAll(members)) {
        return this;
      }
      Member next = asking.get(0);
      return new Standing(members, asking, without(resting, next), next, since, owed);
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
    if (!before.isHeld() && !after.isHeld()) {
      return;
    }
    Set<Member> told = new LinkedHashSet<>(before.members());
    told.addAll(after.members());
    told.forEach(member -> member.loop().execute(member::look));
  }

  void join(Member member) {
    change(now -> now.of(with(now.members(), member)));
  }

  /** The consumer is gone: nobody waits for it any more. */
  void leave(Member member) {
    long nanos = member.loop().nanos();
    change(
        now ->
            now.of(without(now.members(), member))
                .resting(without(now.resting(), member))
                .asking(without(now.asking(), member), nanos));
  }

  /**
   * Has something to run alone; fine when it has asked already.
   *
   * @return whether it may ask now; if not, {@link #owed} tells when
   */
  boolean ask(Member member) {
    if (!hasAsked(member)) {
      long nanos = member.loop().nanos();
      change(now -> now.asking().contains(member) ? now : now.asked(member, nanos));
    }
    return hasAsked(member);
  }

  /** Has nothing to run alone any more, and rests where it was alone. */
  void done(Member member) {
    if (hasAsked(member)) {
      long nanos = member.loop().nanos();
      change(now -> now.asking(without(now.asking(), member), nanos));
    }
  }

  /** It has been enough for now: nobody asks any more. */
  void adjourn(Member member) {
    long nanos = member.loop().nanos();
    change(now -> now.asking(List.of(), nanos));
  }

  /** It is held, and nothing runs in it. */
  void rests(Member member) {
    if (!now().resting().contains(member)) {
      change(now -> now.resting(with(now.resting(), member)));
    }
  }

  /** Whether nothing may start, save in the one that is alone. */
  boolean isHeld() {
    return now().isHeld();
  }

  /** Whether it has something to run alone, as far as the others know. */
  boolean hasAsked(Member member) {
    return now().asking().contains(member);
  }

  /** How long the others have been held now; zero where they are not. */
  Duration held(long nanos) {
    Standing now = now();
    return now.isHeld() ? Duration.ofNanos(nanos - now.since()) : Duration.ZERO;
  }

  /** How long nobody may ask from now on, since the others were held for as long. */
  Duration owed(long nanos) {
    return Duration.ofNanos(now().owedAt(nanos));
  }

  /** Whether it may work, and nobody else does. */
  boolean isAlone(Member member) {
    return now().alone() == member;
  }

  /** Whether it is the next one to be alone, and waits for the others. */
  boolean isNext(Member member) {
    Standing now = now();
    return now.isHeld() && now.asking().get(0) == member && now.alone() != member;
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
