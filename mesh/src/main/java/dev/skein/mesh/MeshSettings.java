package dev.skein.mesh;

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
    requirePositive("requestTimeoutMillis", requestTimeoutMillis);
    requirePositive("requestsOutstandingMaxCount", requestsOutstandingMaxCount);
    requirePositive("handlersRunningMaxCount", handlersRunningMaxCount);
    requirePositive("messageMaxBytes", messageMaxBytes);
    requirePositive("updateIntervalMillis", updateIntervalMillis);
    requirePositive("sharedDataMaxKeys", sharedDataMaxKeys);
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

  public MeshSettings withMessageMaxBytes(int value) {
    return new MeshSettings(
        requestTimeoutMillis,
        requestsOutstandingMaxCount,
        handlersRunningMaxCount,
        value,
        fanOutDegreeCount,
        updateIntervalMillis,
        sharedDataMaxKeys);
  }

  public MeshSettings withFanOutDegreeCount(int value) {
    return new MeshSettings(
        requestTimeoutMillis,
        requestsOutstandingMaxCount,
        handlersRunningMaxCount,
        messageMaxBytes,
        value,
        updateIntervalMillis,
        sharedDataMaxKeys);
  }

  public MeshSettings withUpdateIntervalMillis(int value) {
    return new MeshSettings(
        requestTimeoutMillis,
        requestsOutstandingMaxCount,
        handlersRunningMaxCount,
        messageMaxBytes,
        fanOutDegreeCount,
        value,
        sharedDataMaxKeys);
  }

  public MeshSettings withSharedDataMaxKeys(int value) {
    return new MeshSettings(
        requestTimeoutMillis,
        requestsOutstandingMaxCount,
        handlersRunningMaxCount,
        messageMaxBytes,
        fanOutDegreeCount,
        updateIntervalMillis,
        value);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " " + value + " is below 1");
    }
  }
}
