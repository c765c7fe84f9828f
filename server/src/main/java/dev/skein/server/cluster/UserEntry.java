package dev.skein.server.cluster;

import dev.skein.protocol.record.RecordCodec;

/**
 * Where the cluster has a user: the value of its uid in the store.
 *
 * @param node the mesh address
 * @param nodeId the node's number: an address may come again with another process
 * @param sid the session
 * @param role what the client connected over
 */
public record UserEntry(String node, long nodeId, String sid, String role) {
  private static final RecordCodec<UserEntry> CODEC = RecordCodec.of(UserEntry.class);

  /** The entry these bytes stand for. */
  public static UserEntry decode(byte[] bytes) {
    return CODEC.decode(bytes);
  }

  public byte[] encode() {
    return CODEC.encode(this);
  }

  /** True if both speak of one session on one node. */
  public boolean isSameSession(UserEntry other) {
    return nodeId == other.nodeId && sid.equals(other.sid);
  }
}
