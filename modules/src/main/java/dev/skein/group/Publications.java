package dev.skein.group;

import dev.skein.server.CommandException;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What was said on this node and is not confirmed yet, in the order it was said. Confined to the
 * group's shard.
 */
final class Publications {
  /** Beyond, nothing more is taken until something is confirmed. */
  private static final int MAX_COUNT = 8_192;

  private final LongSupplier numbers;
  private final Map<Long, Publication> waiting = new LinkedHashMap<>();
  private final ArrayDeque<Long> unsent = new ArrayDeque<>();

  /** How far a publication has come. */
  private enum Stage {
    /** Not sent. */
    NEW,
    /** Sent in the present epoch. */
    SENT,
    /** Heard here, so in the order, in the present epoch. */
    ORDERED,
    /** Heard here in a former epoch. */
    FORMER
  }

  private static final class Publication {
    final Utterance said;
    final int channel;
    final long deadlineMillis;
    final CompletableFuture<Void> done = new CompletableFuture<>();
    Stage stage = Stage.NEW;

    Publication(Utterance said, int channel, long deadlineMillis) {
      this.said = said;
      this.channel = channel;
      this.deadlineMillis = deadlineMillis;
    }
  }

  /** Takes the publications' numbers from {@code numbers}: none twice on this node. */
  Publications(LongSupplier numbers) {
    this.numbers = numbers;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  CompletableFuture<Void> add(Utterance said, int channel, long deadlineMillis) {
    Publication added = new Publication(said, channel, deadlineMillis);
    if (waiting.size() >= MAX_COUNT) {
      added.done.completeExceptionally(Refusal.unreachable());
    } else {
      long number = numbers.getAsLong();
      waiting.put(number, added);
      unsent.add(number);
    }
    return added.done;
  }

  /** Sends what was not sent in this epoch yet. */
  void send(Surroundings node, String keeper, long group, Epoch epoch) {
    for (Long number = unsent.poll(); number != null; number = unsent.poll()) {
      Publication publication = waiting.get(number);
      if (publication == null) {
        continue;
      }
      publication.stage = Stage.SENT;
      Mail mail = new Mail.Publish(group, epoch, number, publication.channel, publication.said);
      if (!node.send(keeper, mail)) {
        fail(number, Refusal.unreachable());
      } else if (publication.channel != Mail.RELIABLY) {
        complete(number);
      }
    }
  }

  /** One has come back in its place. */
  void ordered(long number) {
    Publication publication = waiting.get(number);
    if (publication != null) {
      publication.stage = Stage.ORDERED;
    }
  }

  /**
   * A new epoch began, and everything anybody has heard of the former one has been heard here: what
   * has not been heard here nobody has heard, so it is sent anew.
   *
   * @param incomplete whether somebody may lack what was heard
   */
  void reopened(boolean incomplete) {
    if (incomplete) {
      failIf(each -> each.stage.compareTo(Stage.ORDERED) >= 0, Refusal.incomplete());
    }
    unsent.clear();
    waiting.forEach((number, each) -> {
      if (each.stage.compareTo(Stage.ORDERED) >= 0) {
        each.stage = Stage.FORMER;
      } else {
        each.stage = Stage.NEW;
        unsent.add(number);
      }
    });
  }

  void confirm(Mail.Confirmed mail) {
    mail.complete().forEach(this::complete);
    mail.incomplete().forEach(number -> fail(number, Refusal.incomplete()));
    if (mail.settled()) {
      for (Map.Entry<Long, Publication> each : List.copyOf(waiting.entrySet())) {
        if (each.getValue().stage == Stage.FORMER) {
          complete(each.getKey());
        }
      }
    }
  }

  /** What was sent may have been heard by some or nobody. */
  void failSent() {
    failIf(each -> each.stage != Stage.NEW, Refusal.notConfirmed());
  }

  void failAll(CommandException why) {
    failIf(each -> true, why);
  }

  void expire(long nowMillis) {
    failIf(
        each -> nowMillis >= each.deadlineMillis && each.stage == Stage.NEW, Refusal.unreachable());
    failIf(each -> nowMillis >= each.deadlineMillis, Refusal.notConfirmed());
  }

  private void failIf(Predicate<Publication> which, CommandException why) {
    for (Map.Entry<Long, Publication> each : List.copyOf(waiting.entrySet())) {
      if (which.test(each.getValue())) {
        fail(each.getKey(), why);
      }
    }
  }

  private void complete(long number) {
    Publication publication = waiting.remove(number);
    if (publication != null) {
      publication.done.complete(null);
    }
  }

  private void fail(long number, CommandException why) {
    Publication publication = waiting.remove(number);
    if (publication != null) {
      publication.done.completeExceptionally(why);
    }
  }
}
