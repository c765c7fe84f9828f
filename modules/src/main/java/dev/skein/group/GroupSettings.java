package dev.skein.group;

import dev.skein.module.SettingValue;
import dev.skein.protocol.Bounds;
import dev.skein.server.config.ConfigException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What holds for all groups of a node: the configuration's {@code modules.group}. The other names
 * there are those of {@link GroupOptions} and become the defaults of new groups. Immutable.
 *
 * @param exposeCommands whether clients may use the built-in commands; default true
 * @param groupsMaxCount groups a node may have members or the ledger of; default 200,000
 * @param maxGroupsPerUser groups a user may be in at a time; default 1,000
 * @param clientTtlMaxMillis the longest {@code emptyTtlMillis} a client may ask for; default
 *     600,000
 * @param deliveryTimeoutMillis after which a broadcast that was not confirmed has failed, and a
 *     node that does not answer counts as lost to the group; default 5,000
 * @param replayMillis how long a node keeps what was said, for members who come from another node;
 *     default 10,000
 * @param replayMaxBytes how much of that a group may keep on a node; default 262,144
 * @param defaults what a new group is made with unless something else is said
 */
public record GroupSettings(
    boolean exposeCommands,
    int groupsMaxCount,
    int maxGroupsPerUser,
    int clientTtlMaxMillis,
    int deliveryTimeoutMillis,
    int replayMillis,
    int replayMaxBytes,
    GroupOptions defaults) {

  /** The production values. */
  public static final GroupSettings DEFAULT =
      new GroupSettings(
          true, 200_000, 1_000, 600_000, 5_000, 10_000, 256 * 1024, GroupOptions.builder().build());

  public GroupSettings {
    Bounds.positive("groupsMaxCount", groupsMaxCount);
    Bounds.positive("maxGroupsPerUser", maxGroupsPerUser);
    Bounds.positive("clientTtlMaxMillis", clientTtlMaxMillis);
    Bounds.positive("deliveryTimeoutMillis", deliveryTimeoutMillis);
    Bounds.positive("replayMillis", replayMillis);
    Bounds.positive("replayMaxBytes", replayMaxBytes);
  }

  /** These settings with another answer to whether clients may use the built-in commands. */
  public GroupSettings withExposeCommands(boolean exposed) {
    return with(draft -> draft.exposeCommands = exposed);
  }

  /** These settings with another limit of groups of one user. */
  public GroupSettings withMaxGroupsPerUser(int count) {
    return with(draft -> draft.maxGroupsPerUser = count);
  }

  /**
   * These settings overridden by configuration.
   *
   * @throws ConfigException if a key is unknown or a value of the wrong type or out of its range
   */
  public GroupSettings overriddenBy(Map<String, String> configuration) {
    return SettingValue.applyAll(
        "group", configuration, this, (before, value) -> before.with(draft -> draft.set(value)));
  }

  private GroupSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /** Settings that can be changed; confined to one thread. */
  private static final class Draft {
    private boolean exposeCommands;
    private int groupsMaxCount;
    private int maxGroupsPerUser;
    private int clientTtlMaxMillis;
    private int deliveryTimeoutMillis;
    private int replayMillis;
    private int replayMaxBytes;
    private final GroupOptions.Builder group;

    Draft(GroupSettings from) {
      exposeCommands = from.exposeCommands;
      groupsMaxCount = from.groupsMaxCount;
      maxGroupsPerUser = from.maxGroupsPerUser;
      clientTtlMaxMillis = from.clientTtlMaxMillis;
      deliveryTimeoutMillis = from.deliveryTimeoutMillis;
      replayMillis = from.replayMillis;
      replayMaxBytes = from.replayMaxBytes;
      group = from.defaults.toBuilder();
    }

    GroupSettings settings() {
      return new GroupSettings(
          exposeCommands,
          groupsMaxCount,
          maxGroupsPerUser,
          clientTtlMaxMillis,
          deliveryTimeoutMillis,
          replayMillis,
          replayMaxBytes,
          group.build());
    }

    void set(SettingValue value) {
      switch (value.key()) {
        case "exposeCommands" -> exposeCommands = value.bool();
        case "groupsMaxCount" -> groupsMaxCount = value.number();
        case "maxGroupsPerUser" -> maxGroupsPerUser = value.number();
        case "clientTtlMaxMillis" -> clientTtlMaxMillis = value.number();
        case "deliveryTimeoutMillis" -> deliveryTimeoutMillis = value.number();
        case "replayMillis" -> replayMillis = value.number();
        case "replayMaxBytes" -> replayMaxBytes = value.number();
        case "type" -> group.type(value.text());
        case "registered" -> group.registered(value.bool());
        case "allowEmpty" -> group.allowEmpty(value.bool());
        case "emptyTtlMillis" -> group.emptyTtlMillis(value.number());
        case "broadcastMaxBytes" -> group.broadcastMaxBytes(value.number());
        case "messageMaxBytes" -> group.messageMaxBytes(value.number());
        case "channel" -> group.channel(value.number());
        case "tickIntervalMillis" -> group.tickIntervalMillis(value.number());
        default -> throw value.unknown();
      }
    }
  }
}
