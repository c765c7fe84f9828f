package dev.skein.mesh;

import dev.skein.protocol.Bounds;

/**
 * The limits of a mesh node.
 *
 * @param requestTimeoutMillis how long a request waits for its answer
 * @param requestsOutstandingMaxCount requests that may wait at a time; beyond, they fail at once
 * @param handlersRunningMaxCount command and RPC handlers that may run at a time; beyond, calls are
 *     refused
 * @param messageMaxBytes the longest payload
 * @param fanOutDegreeCount copies a node sends of a message for many; the receivers pass it on
 * @param updateIntervalMillis how often a change of nothing but the CCU is told to the other nodes,
 *     and how soon what found a queue full is tried again
 * @param sharedDataMaxKeys keys of {@link SharedData}
 */
public record MeshSettings(
    int requestTimeoutMillis,
    int requestsOutstandingMaxCount,
    int handlersRunningMaxCount,
    int messageMaxBytes,
    int fanOutDegreeCount,
    int updateIntervalMillis,
    int sharedDataMaxKeys) {

  /** The production values. */
  public static final MeshSettings DEFAULTS =
      new MeshSettings(
          10_000, 65_536, 10_000, 4 * 1024 * 1024, 8, 250, SharedData.DEFAULT_MAX_KEYS);

  public MeshSettings {
    Bounds.positive("requestTimeoutMillis", requestTimeoutMillis);
    Bounds.positive("requestsOutstandingMaxCount", requestsOutstandingMaxCount);
    Bounds.positive("handlersRunningMaxCount", handlersRunningMaxCount);
    Bounds.positive("messageMaxBytes", messageMaxBytes);
    Bounds.positive("updateIntervalMillis", updateIntervalMillis);
    Bounds.positive("sharedDataMaxKeys", sharedDataMaxKeys);
    if (fanOutDegreeCount < 2) {
      throw new IllegalArgumentException("fanOutDegreeCount " + fanOutDegreeCount + " is below 2");
    }
  }

  public MeshSettings withRequestTimeoutMillis(int value) {
    return new MeshSettings(
        value,
        requestsOutstandingMaxCount,
        handlersRunningMaxCount,
        messageMaxBytes,
        fanOutDegreeCount,
        updateIntervalMillis,
        sharedDataMaxKeys);
  }

  public MeshSettings withRequestsOutstandingMaxCount(int value) {
    return new MeshSettings(
        requestTimeoutMillis,
        value,
        handlersRunningMaxCount,
        messageMaxBytes,
        fanOutDegreeCount,
        updateIntervalMillis,
        sharedDataMaxKeys);
  }

  public MeshSettings withHandlersRunningMaxCount(int value) {
    return new MeshSettings(
        requestTimeoutMillis,
        requestsOutstandingMaxCount,
        value,
        messageMaxBytes,
        fanOutDegreeCount,
        updateIntervalMillis,
        sharedDataMaxKeys);
  }
}
