package dev.skein.server;

import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;

/** The limits users and commands meet often, read once. */
record Limits(
    int commandQueueMaxCount,
    int commandTimeoutMillis,
    int commandsRunningMaxCount,
    int userDataMaxKeys,
    int messageMaxBytes) {

  static Limits of(NodeConfig config) {
    return new Limits(
        config.get(Settings.LIMITS_COMMAND_QUEUE_MAX_COUNT),
        config.get(Settings.LIMITS_COMMAND_TIMEOUT_MILLIS),
        config.get(Settings.LIMITS_COMMANDS_RUNNING_MAX_COUNT),
        config.get(Settings.LIMITS_USER_DATA_MAX_KEYS),
        config.get(Settings.SESSION_MESSAGE_MAX_BYTES));
  }

  /**
   * @throws IllegalArgumentException if a PUSH cannot be so long
   */
  void checkPushPayload(int bytes) {
    int maxBytes = messageMaxBytes - Messages.PUSH_HEADER_BYTES;
    if (bytes > maxBytes) {
      throw new IllegalArgumentException(
          "payload of " + bytes + " bytes is over the limit of " + maxBytes);
    }
  }
}
