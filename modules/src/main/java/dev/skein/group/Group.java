package dev.skein.group;

import dev.skein.protocol.Channel;
import dev.skein.protocol.group.GroupStat;
import dev.skein.server.CommandException;
import dev.skein.server.User;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A group, seen from a node; it may live on all of them. Any thread may call; a value that stands
 * for the group wherever it goes on, also when all nodes it was on are others by now. Stages fail
 * with {@link CommandException}, with one of the codes of {@link
 * dev.skein.protocol.group.GroupCode}.
 */
public final class Group {
  private final Charter charter;
  private final GroupNode node;

  Group(Charter charter, GroupNode node) {
    this.charter = charter;
    this.node = node;
  }

  Charter charter() {
    return charter;
  }

  /** 16 hex digits, or the name of a static group. */
  public String id() {
    return charter.id();
  }

  public String type() {
    return charter.options().type();
  }

  public GroupOptions options() {
    return charter.options();
  }

  /** True if the group is there by its name, without anybody having made it. */
  public boolean isStatic() {
    return charter.isStatic();
  }

  /** The members on this node, at this moment; no node knows those of all. */
  public List<User> localMembers() {
    return node.localMembers(charter.number());
  }

  /** The numbers of the whole group, asked from its home. */
  public CompletionStage<GroupStat> stat() {
    return node.stat(charter.number());
  }

  /** Lets a user of this node in; the others get the message with the news, if it is not empty. */
  public CompletionStage<Group> join(User user, byte[] message) {
    return node.entrance().join(GroupNode.Target.known(charter), user, message);
  }

  /** Lets a user of this node out; the others get the message, if it is not empty. */
  public CompletionStage<Void> leave(User user, byte[] message) {
    return node.entrance().leave(charter.number(), user, message);
  }

  /**
   * Says something as a member on this node, to all members, itself included.
   *
   * @param channel its kind says how reliably; everything reliable has one order in the group
   * @return completes when every node with members has it (at once if it need not be reliable)
   */
  public CompletionStage<Void> broadcast(User from, byte[] data, Channel channel) {
    return node.entrance().broadcast(charter.number(), from, data, channel);
  }

  /** Says something to all members from the server; completes as {@link #broadcast}. */
  public CompletionStage<Void> announce(byte[] data) {
    if (data.length > charter.options().broadcastMaxBytes()) {
      return CompletableFuture.failedFuture(Refusal.tooLarge("the data"));
    }
    return node.publish(
        charter.number(), Utterance.of(Utterance.Kind.ANNOUNCED, "", data), Mail.RELIABLY);
  }

  /**
   * Closes the group: all members are out and get the message. A static group is there again with
   * the next who joins.
   */
  public CompletionStage<Void> close(byte[] message) {
    return node.publish(
        charter.number(), Utterance.of(Utterance.Kind.CLOSE, "", message), Mail.RELIABLY);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Group group && group.charter.number() == charter.number();
  }

  @Override
  public int hashCode() {
    return Objects.hash(charter.number());
  }

  @Override
  public String toString() {
    return "Group " + id();
  }
}
