package dev.skein.mesh;

/**
 * The port to the other nodes: membership, messages, shared data, key-value. Any thread may call.
 */
public interface Mesh extends AutoCloseable {
  // The author of this module completes the port for one node (adapter `local`): own address, node
  // data, requests to oneself; the clustered adapter comes with the mesh itself.

  @Override
  void close();
}
