package dev.skein.mesh;

import java.util.List;
import java.util.Map;

/**
 * What every node knows of a node. Immutable.
 *
 * @param address its mesh address, unique at any moment
 * @param id its number in connect tickets, unique in the cluster
 * @param type the free name clients ask for; empty if each endpoint's role is the type
 * @param state what it takes on
 * @param endpoints public {@code host:port} by role name
 * @param ccu connected users
 * @param version of the software
 * @param custom the game's own values
 */
public record NodeInfo(
    String address,
    long id,
    String type,
    NodeState state,
    Map<String, String> endpoints,
    int ccu,
    String version,
    Map<String, String> custom) {
  private static final List<String> ROLES_OF_USERS = List.of("UDP", "TCP", "WS");

  public NodeInfo {
    endpoints = Map.copyOf(endpoints);
    custom = Map.copyOf(custom);
  }

  /** True if it offers this role. */
  public boolean hasRole(String role) {
    return endpoints.containsKey(role);
  }

  /** True if users connect to it, not only ask it where to connect. */
  public boolean servesUsers() {
    return ROLES_OF_USERS.stream().anyMatch(this::hasRole);
  }

  /** True if users who ask for {@code wanted} may be sent here: its type, or a role without one. */
  public boolean isOfType(String wanted) {
    return type.isEmpty() ? hasRole(wanted) : type.equals(wanted);
  }

  /** True if new users may come. */
  public boolean acceptsUsers() {
    return state == NodeState.ONLINE;
  }

  public NodeInfo withAddress(String value) {
    return new NodeInfo(value, id, type, state, endpoints, ccu, version, custom);
  }

  public NodeInfo withState(NodeState value) {
    return new NodeInfo(address, id, type, value, endpoints, ccu, version, custom);
  }

  public NodeInfo withCcu(int value) {
    return new NodeInfo(address, id, type, state, endpoints, value, version, custom);
  }

  public NodeInfo withEndpoints(Map<String, String> value) {
    return new NodeInfo(address, id, type, state, value, ccu, version, custom);
  }

  public NodeInfo withCustom(Map<String, String> value) {
    return new NodeInfo(address, id, type, state, endpoints, ccu, version, value);
  }
}
