package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.server.Crowd;
import dev.skein.server.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Members on this node: a message is encoded once, handed to each shard that has members once, and
 * sent there to its crowd. Confined to its room's or branch's shard; the arrays handed over are
 * never changed.
 */
final class LocalAudience implements Audience {
  private final Function<Shard, Crowd> crowds;
  private final List<Part> parts = new ArrayList<>(1);

  /** The members of one shard; the crowd is touched on that shard only. */
  private static final class Part {
    private final Crowd crowd;
    private int members;

    Part(Crowd crowd) {
      this.crowd = crowd;
    }
  }

  LocalAudience(Function<Shard, Crowd> crowds) {
    this.crowds = crowds;
  }

  @Override
  public void add(Member member) {
    Ear ear = member.ear();
    Part part = part(ear.shard());
    part.members++;
    ear.shard().execute(() -> ear.enter(part.crowd));
  }

  @Override
  public void remove(Member member) {
    Ear ear = member.ear();
    Part part = part(ear.shard());
    part.members--;
    ear.shard().execute(ear::exit);
    if (part.members == 0) {
      parts.remove(part);
    }
  }

  private Part part(Shard shard) {
    for (Part part : parts) {
      if (part.crowd.shard() == shard) {
        return part;
      }
    }
    Part part = new Part(crowds.apply(shard));
    parts.add(part);
    return part;
  }

  @Override
  public void toAll(byte[] message, Channel channel) {
    deliver(message, channel, null);
  }

  @Override
  public void toOthers(Member except, byte[] message, Channel channel) {
    deliver(message, channel, except.ear());
  }

  @Override
  public void to(Member member, byte[] message, Channel channel) {
    Ear ear = member.ear();
    if (ear.shard().isCurrent()) {
      ear.listener().send(message, channel, 0);
    } else {
      ear.shard().execute(() -> ear.listener().send(message, channel, 0));
    }
  }

  private void deliver(byte[] message, Channel channel, @Nullable Ear except) {
    for (int i = 0; i < parts.size(); i++) {
      Crowd crowd = parts.get(i).crowd;
      if (crowd.shard().isCurrent()) {
        send(crowd, message, channel, except);
      } else {
        crowd.shard().execute(() -> send(crowd, message, channel, except));
      }
    }
  }

  private static void send(Crowd crowd, byte[] message, Channel channel, @Nullable Ear except) {
    // An ear is read on its own shard only.
    crowd.send(
        message,
        channel,
        except == null || except.shard() != crowd.shard() ? null : except.listener());
  }
}
