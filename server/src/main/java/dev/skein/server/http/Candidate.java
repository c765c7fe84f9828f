package dev.skein.server.http;

import dev.skein.server.Role;

/**
 * A listener of some ONLINE node that a user could be sent to.
 *
 * @param node the node's mesh address
 * @param role what it speaks there
 * @param host what the client is told
 * @param port what the client is told
 * @param ccu users on the node
 */
public record Candidate(String node, Role role, String host, int port, int ccu) {}
