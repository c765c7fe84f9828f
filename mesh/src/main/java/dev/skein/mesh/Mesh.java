package dev.skein.mesh;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * The port to the other nodes: who is there and messages between them. Any thread may call, and no
 * call blocks; a shard may call everything here. Handlers are set before {@link #start}.
 */
public interface Mesh extends AutoCloseable {
  /** Ids up to this one are Skein's own. */
  int RESERVED_MAX_ID = 10_000;

  /** The largest id. */
  int MAX_ID = 65_535;

  /**
   * Checks that a game may use an id.
   *
   * @param kind for the message: command or RPC
   * @throws IllegalArgumentException if it is reserved or out of range
   */
  static void requireGameId(String kind, int id) {
    if (id <= RESERVED_MAX_ID || id > MAX_ID) {
      throw new IllegalArgumentException(
          "mesh " + kind + " " + id + " is not within " + (RESERVED_MAX_ID + 1) + ".." + MAX_ID);
    }
  }

  /** Joins; handlers can no longer be set. */
  void start();

  /** True while this node is fit to serve: it has joined and is not cut off with a minority. */
  boolean isReady();

  /** This node. */
  NodeInfo self();

  /** Changes what all nodes know of this one; its address and id stay. */
  void update(UnaryOperator<NodeInfo> change);

  /** All nodes as this one sees them, itself included. */
  List<NodeInfo> nodes();

  /** The node with this mesh address, if it is there. */
  default Optional<NodeInfo> node(String address) {
    return nodes().stream().filter(node -> node.address().equals(address)).findFirst();
  }

  /** The nodes that offer a role. */
  default List<NodeInfo> nodesByRole(String role) {
    return nodes().stream().filter(node -> node.hasRole(role)).toList();
  }

  /** The nodes of a type. */
  default List<NodeInfo> nodesByType(String type) {
    return nodes().stream().filter(node -> node.isOfType(type)).toList();
  }

  /** One of the nodes that offer a role, at random. */
  Optional<NodeInfo> anyNodeByRole(String role);

  /** One of the nodes of a type, at random. */
  Optional<NodeInfo> anyNodeByType(String type);

  /**
   * Sets the handler of a command.
   *
   * @param id {@value #RESERVED_MAX_ID} + 1 to {@value #MAX_ID}
   * @throws IllegalArgumentException if the id is reserved or out of range
   * @throws IllegalStateException if the id has a handler already or the mesh has started
   */
  void onRequest(int id, MeshHandler.Request handler);

  /** The same for RPCs, whose ids are their own. */
  void onRpc(int id, MeshHandler.Rpc handler);

  /**
   * Tells nodes something; nobody answers. Unknown addresses and handlers that fail are logged.
   *
   * @param data see {@link MeshHandler.Request}; a record's components are its keys
   * @param reliable false if a loss under pressure is acceptable
   * @throws IllegalArgumentException if the data holds a type that does not travel
   */
  void send(int id, Collection<String> addresses, Map<String, Object> data, boolean reliable);

  /**
   * Asks a node.
   *
   * @return the answer, or a {@link MeshException}
   * @throws IllegalArgumentException if the data holds a type that does not travel
   */
  CompletionStage<Map<String, Object>> request(int id, String address, Map<String, Object> data);

  /** The same with a record for the data. */
  default CompletionStage<Map<String, Object>> request(int id, String address, Record data) {
    return request(id, address, MeshData.ofRecord(data));
  }

  /** Asks a node with bytes; see {@link #request}. */
  CompletionStage<byte[]> rpc(int id, String address, byte[] data);

  /**
   * Opens a channel of bytes between the nodes' copies of a module, beside the numbered commands.
   *
   * @param name the same on every node, such as {@code room}
   * @throws IllegalStateException if the name is taken or the mesh has started
   */
  Topic topic(String name, Topic.Handler handler);

  /**
   * Opens a store of the cluster; every node that uses it opens it with an equal operator.
   *
   * @throws IllegalStateException if the name is taken or the mesh has started
   */
  Store store(StoreOptions options, Store.Operator operator);

  /** The few small values all nodes share. */
  SharedData sharedData();

  /**
   * Watches the nodes. Called after {@link #nodes} has changed, on a mesh thread, one change at a
   * time; must not block.
   */
  void onNodes(NodeListener listener);

  /**
   * The node that a thing of this name calls home: by rendezvous hashing over the nodes that serve
   * users, over all if none does. Nodes that see the same nodes agree; a node that has just heard
   * of a change may differ from another for about a second, so whoever is asked checks again.
   */
  NodeInfo home(String name);

  /** Leaves. */
  @Override
  void close();
}
